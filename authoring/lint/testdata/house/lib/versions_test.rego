package acme.lib.versions_test

import data.acme.lib.versions

test_major if versions.major("8.6.1") == 8

test_minor if versions.minor("8.6.1") == 6
