package nscheck.lib.text_test

import data.nscheck.lib.text

test_count_of if {
	text.count_of(0, "client") == "0 clients"
	text.count_of(1, "client") == "1 client"
	text.count_of(48, "client") == "48 clients"
}

test_age if {
	text.age(12) == "12 days old"
	text.age(1) == "1 day old"
}

test_age_within_a_day if text.age(0) == "less than a day old"

test_age_in_the_future if {
	text.age(-1) == "dated 1 day in the future"
	text.age(-3) == "dated 3 days in the future"
}

test_age_unknown if text.age(null) == "of unknown age"

test_list_of if {
	text.list_of(["a"]) == "a"
	text.list_of(["a", "b", "c", "d", "e"]) == "a, b, c, d, e"
	text.list_of(["a", "b", "c", "d", "e", "f"]) == "a, b, c, d, e and 1 more"
	text.list_of(["a", "b", "c", "d", "e", "f", "g"]) == "a, b, c, d, e and 2 more"
}
