package nscheck_examples.lib.versions_test

import data.nscheck_examples.lib.versions

test_numbers if {
	versions.numbers("8.6.0.0") == [8, 6]
	versions.numbers("8.06.10") == [8, 6, 10]
	versions.numbers("0") == [0]
	versions.numbers("0.0") == [0]
}

test_no_numbers if {
	every version in [null, 8.6, "", "8.", "8.6 RU1", "eight"] {
		not versions.numbers(version)
	}
}

test_older if {
	versions.older("8.9", "8.10")
	versions.older("8.6", "8.6.1")
	not versions.older("8.10", "8.9")
	not versions.older("8.6.0", "8.6")
	not versions.older(null, "8.6")
}
