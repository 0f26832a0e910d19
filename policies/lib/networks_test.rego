package nscheck.lib.networks_test

import data.nscheck.lib.networks

_estate := {"subnets": [
	{"guid": "N1", "cidr": "10.4.0.0/16"},
	{"guid": "N2", "cidr": "10.4.8.0/24"},
	{"guid": "N3", "cidr": "10.4.8.0/24"},
	{"guid": "N4", "cidr": "10.4.8.128/25"},
	{"guid": "N5", "cidr": "10.5.0.0/24"},
	{"guid": "N6", "cidr": "255.255.255.255/32"},
]}

_key := {subnet: key | some key, subnets in networks.subnets; some subnet in subnets}

_around(subnet) := subnets if {
	subnets := networks.subnets[networks.around[_key[subnet]]] with data.estate as _estate
}

test_subnets_of_a_network if {
	{subnets | some subnets in networks.subnets} == {
		{"N1"}, {"N2", "N3"}, {"N4"}, {"N5"}, {"N6"},
	} with data.estate as _estate
}

test_host_bits_do_not_matter if {
	networks.subnets == {"000010100000010000001000": {"N1", "N2"}} with data.estate as {"subnets": [
		{"guid": "N1", "cidr": "10.4.8.0/24"},
		{"guid": "N2", "cidr": "10.4.8.1/24"},
	]}
}

test_closest_network_around if {
	_around("N4") == {"N2", "N3"}
	_around("N2") == {"N1"}
}

test_nothing_around if {
	around := networks.around with data.estate as {"subnets": [
		{"guid": "N1", "cidr": "10.4.0.0/16"},
		{"guid": "N5", "cidr": "10.5.0.0/24"},
	]}
	around == {}
	not _around("N1")
	not _around("N5")
	not _around("N6")
}

test_everything_lies_within_all_addresses if {
	around := networks.around with data.estate as {"subnets": [
		{"guid": "N0", "cidr": "0.0.0.0/0"},
		{"guid": "N1", "cidr": "0.0.0.1/32"},
	]}
	around == {"00000000000000000000000000000001": ""}
}

test_missing if networks.subnets == {} with data.estate as {}
