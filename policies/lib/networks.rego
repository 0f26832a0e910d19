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
#   The GUIDs of the subnets of each network, by the network's key: the bits of its
#   prefix. Written with plain references, for only then does OPA index the inner
#   comprehension.
subnets := {key: guids |
	key := _keys[_]
	guids := {guid |
		some guid
		_keys[guid] == key
	}
}

# METADATA
# description: |
#   The key of the closest network around each one that lies within another. Of keys
#   that begin alike, the greatest is the longest.
around := {key: max(outer) |
	some key, _ in subnets
	length := count(key)
	outer := {prefix |
		some shorter in _lengths
		shorter < length
		prefix := substring(key, 0, shorter)
		subnets[prefix]
	}
}

_lengths := {numbers[4] | some numbers in _numbers}

_keys := {guid: key |
	some i, numbers in _numbers
	guid := data.estate.subnets[i].guid
	key := substring(sprintf("%08b%08b%08b%08b", array.slice(numbers, 0, 4)), 0, numbers[4])
}

# The four octets and the length of each subnet, in the order of the subnets. All are
# read in one go, as one JSON text, since an estate may have thousands.
_numbers := json.unmarshal(sprintf("[[%s]]", [strings.replace_n(
	{".": ",", "/": ","},
	concat("],[", [subnet.cidr | some subnet in data.estate.subnets]),
)]))
