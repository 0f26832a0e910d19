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
	versions.same("7.5", " 7.5.0 ")
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

test_older_releases if {
	versions.older("7.1 SP2", "7.5")
	versions.older("7.1.8400", "7.5 SP1")
	versions.older("6.2 SP3", "7")
	versions.older("7.1 SP2", "7.5 SP1")
	not versions.older("7.5", "7.1 SP2")
	not versions.older("7.5 SP1", "7.5.3153")
	not versions.older("7.5.3153", "7.5 SP1")
	not versions.older("7.1 SP1", "7.1 SP2")
	not versions.older("7.1 SP1", "7")
	not versions.older("seven", "7.5 SP1")
	not versions.older("7.1 SP1", null)
}

test_service_pack if {
	written := {
		"7.1 SP2 MP1.1": "SP2 MP1.1",
		"7.1sp2mp1.1": "SP2 MP1.1",
		"7.1  SP2   MP1": "SP2 MP1",
		"7.1 SP10": "SP10",
		"7.1 mp1.2": "MP1.2",
		"7.1 none": "NONE",
		"7.1.8400": "",
		" 7.1 ": "",
	}
	every version, pack in written {
		versions.service_pack(version) == pack
	}
	every version in [null, 7.1, "7.1 SP", "7.1 SP2 MP", "SP2", "7.1 SP2 beta", ""] {
		not versions.service_pack(version)
		not versions.release(version)
	}
	versions.release("7.1 SP2 MP1.1") == [7, 1]
}

test_covers if {
	versions.covers("7.5", "7.5.3153", null)
	versions.covers("8.0", "8.0.2240", "NONE")
	versions.covers("7.1 SP1", "7.1.8400", null)
	versions.covers("7.1 SP1", "7.1.8400", "SP1")
	versions.covers("7.1 SP2", "7.1", "SP2 MP1.1")
	versions.covers("7.1 SP2 MP1", "7.1", "SP2 MP1.1")
	versions.covers("7.1 MP1", "7.1", "MP1.3")
	versions.covers("7.1", "7.1 SP2", "SP2")
	versions.covers("7.1 none", "7.1.8280", "NONE")
}

test_covers_not if {
	not versions.covers("7.5", "7.50.1", null)
	not versions.covers("8.0", "8.1.4528", null)
	not versions.covers("7.5", "7", null)
	not versions.covers("7.5", "seven", null)
	not versions.covers("7.1 SP1", "7.1.8400", "NONE")
	not versions.covers("7.1 SP1", "7.1.8400", "SP2")
	not versions.covers("7.1 SP1", "7.1.8400", "SP10")
	not versions.covers("7.1 MP1", "7.1", "MP10")
	not versions.covers("7.1 SP2 MP1.1", "7.1", "SP2")
}
