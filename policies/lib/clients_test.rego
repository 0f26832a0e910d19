package nscheck.lib.clients_test

import data.nscheck.lib.clients

test_located if {
	totals := {"clients": 10, "unlocated_clients": 2, "subnets": {"N1": {"clients": 8}}}
	not clients.all_unlocated with data.totals as totals
	clients.of_unknown_site == 0 with data.totals as totals
		with data.index as {"subnet_sites": {"N1": []}}
}

test_subnet_of_unknown_site if {
	totals := {
		"clients": 10,
		"unlocated_clients": 0,
		"subnets": {"N1": {"clients": 7}, "N2": {"clients": 3}},
	}
	clients.of_unknown_site == 3 with data.totals as totals
		with data.index as {"subnet_sites": {"N1": ["LEEDS"]}}
}

test_all_unlocated if {
	totals := {"clients": 10, "unlocated_clients": 10, "subnets": {}}
	clients.all_unlocated with data.totals as totals
	clients.of_unknown_site == 10 with data.totals as totals
}

test_no_clients if {
	totals := {"clients": 0, "unlocated_clients": 0, "subnets": {}}
	not clients.all_unlocated with data.totals as totals
	clients.of_unknown_site == 0 with data.totals as totals with data.index as {}
}

test_missing_totals if {
	clients.of_unknown_site == 0 with data.totals as {} with data.index as {}
}

test_notification_server_unknown if {
	totals := {
		"clients": 10,
		"unlocated_clients": 9,
		"unrecognised_servers": 1,
		"subnets": {},
		"perhaps_empty": {"subnets": {"N1": true}},
	}
	clients.all_unlocated with data.totals as totals
	located := object.union(totals, {"unlocated_clients": 2, "subnets": {"N2": {"clients": 7}}})
	not clients.all_unlocated with data.totals as located
	clients.of_unknown_site == 1 with data.totals as located with data.index as {"subnet_sites": {"N2": []}}
	clients.of_unknown_site == 0 with data.totals as located
		with data.index as {"subnet_sites": {"N1": ["LEEDS"], "N2": []}}
	not clients.all_unlocated with data.totals as object.union(totals, {"clients": 1, "unlocated_clients": 0})
}
