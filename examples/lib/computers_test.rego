package nscheck_examples.lib.computers_test

import data.nscheck_examples.lib.computers

test_active if {
	computers.active with input as {"status": "Active"}
	not computers.active with input as {"status": "Retired"}
	not computers.active with input as {"status": null}
}

test_doubt if {
	computers.doubt({"a", "b"}) == "It is unknown a, and b" with input as {"status": "Active"}
	computers.doubt(set()) == "It is unknown whether the computer is Active" with input as {"status": null}
	computers.doubt({"a"}) == "It is unknown a, and whether the computer is Active" with input as {"status": null}
}

test_no_doubt if {
	not computers.doubt(set()) with input as {"status": "Active"}
	not computers.doubt({"a"}) with input as {"status": "Retired"}
}

test_system if {
	computers.system == "windows 7 professional" with input as {"os_name": " Microsoft Windows 7 Professional"}
	not computers.system with input as {"os_name": null}
}
