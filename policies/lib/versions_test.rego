package nscheck.lib.versions_test

import data.nscheck.lib.versions

test_older if {
	versions.older("8.9", "8.10")
	versions.older("7.5.3153", "8.0.2240")
	versions.older("7.5", "7.5.3153")
	versions.older("7.5.3153.0", "7.5.3153.1")
}

test_not_older if {
	not versions.older("8.10", "8.9")
	not versions.older("7.5.3153", "7.5.3153")
	not versions.older("7.5.0", "7.5")
}

test_same if {
	versions.same("7.5", "7.5.0.0")
	versions.same("7.05", " 7.5 ")
	versions.same("0", "0.0")
	not versions.same("1.1", "1.10")
	not versions.same("1.0", "10")
}

test_unknown if {
	every version in [null, "", "seven", "7.5-beta", "7..5", 7.5] {
		not versions.older(version, "8.0")
		not versions.older("6.0", version)
		not versions.same(version, version)
	}
}

test_of_line if {
	versions.of_line("7.5.3153", "7.5")
	versions.of_line("8.0.2240", "8.0")
	versions.of_line("7.5", "7.5")
	not versions.of_line("7.50.1", "7.5")
	not versions.of_line("8.1.4528", "8.0")
	not versions.of_line("7", "7.5")
	not versions.of_line("seven", "7.5")
}
