package nscheck.lib.names_test

import data.nscheck.lib.names

test_known if names.of("S1", "S1") == "Leeds" with data.index as {"names": {"S1": "Leeds"}}

test_unknown if names.of("S2", "a site") == "a site" with data.index as {"names": {"S1": "Leeds"}}

test_no_names if names.of("S1", "a site") == "a site" with data.index as {}
