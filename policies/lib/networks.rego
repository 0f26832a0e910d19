# METADATA
# title: Networks of subnets, and which lies within which
# description: |
#   Several subnets may be defined for one network. Two networks overlap only
#   where one lies within the other, so that it is enough to know the closest
#   encompassing network of each.
# schemas:
#   - data.estate: schema.estate
package nscheck.lib.networks

# METADATA
# description: |
#   The GUIDs of the subnets of each network, by the network's key. Written with
#   plain references, for only then does OPA index the inner comprehension.
subnets := {key: guids |
	key := _keys[_]
	guids := {guid |
		some guid
		_keys[guid] == key
	}
}

# METADATA
# description: The key of the closest network around one; undefined where there is none.
around(key) := [length, bits.rsh(key[1], key[0] - length)] if {
	length := max([shorter |
		some shorter in _lengths
		shorter < key[0]
		subnets[[shorter, bits.rsh(key[1], key[0] - shorter)]]
	])
}

_lengths := {key[0] | some key in _keys}

# The key of a network is the length of its prefix and the prefix as a number.
_keys := {subnet.guid: key |
	some subnet in data.estate.subnets
	[address, length_text] := split(subnet.cidr, "/")
	length := to_number(length_text)
	[a, b, c, d] := [to_number(octet) | some octet in split(address, ".")]
	key := [length, bits.rsh((((((a * 256) + b) * 256) + c) * 256) + d, 32 - length)]
}
