package tdstest

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// encodeDecimal writes a sign byte and the unscaled integer, low byte first.
func encodeDecimal(t *typeInfo, b []byte, v any) ([]byte, error) {
	n, err := asDecimal(v, int(t.scale))
	if err != nil {
		return b, err
	}
	sign := byte(1)
	if n.Sign() < 0 {
		sign = 0
	}
	n.Abs(n)
	if n.Cmp(pow10(int(t.prec))) >= 0 {
		return b, Message{Number: 8115, State: 8, Class: 16,
			Text: "Arithmetic overflow error converting expression to data type numeric."}
	}
	b = append(b, byte(t.size), sign)
	at := len(b)
	b = append(b, make([]byte, t.size-1)...)
	n.FillBytes(b[at:])
	slices.Reverse(b[at:])
	return b, nil
}

// encodeMoney writes ten-thousandths: 4 bytes, or 8 with the high half first.
func encodeMoney(t *typeInfo, b []byte, v any) ([]byte, error) {
	n, err := asDecimal(v, 4)
	if err != nil {
		return b, err
	}
	if n.BitLen() >= 8*t.size && n.Cmp(new(big.Int).Lsh(big.NewInt(-1), uint(8*t.size-1))) != 0 {
		return b, Message{Number: 8115, State: 2, Class: 16,
			Text: "Arithmetic overflow error converting expression to data type money."}
	}
	b, m := t.begin(b), n.Int64()
	if t.size == 4 {
		return binary.LittleEndian.AppendUint32(b, uint32(m)), nil
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(m>>32))
	return binary.LittleEndian.AppendUint32(b, uint32(m)), nil
}

// decodeDecimal gives a decimal's text, all digits of its scale included.
func decodeDecimal(b []byte, scale byte) string {
	digits := slices.Clone(b[1:])
	slices.Reverse(digits)
	return formatDecimal(new(big.Int).SetBytes(digits), b[0] == 0, int(scale))
}

func formatDecimal(n *big.Int, negative bool, scale int) string {
	s := n.String()
	if len(s) <= scale {
		s = strings.Repeat("0", scale-len(s)+1) + s
	}
	if scale > 0 {
		s = s[:len(s)-scale] + "." + s[len(s)-scale:]
	}
	if negative && n.Sign() != 0 {
		s = "-" + s
	}
	return s
}

func decodeMoney(b []byte) (string, error) {
	var n int64
	switch len(b) {
	case 4:
		n = int64(int32(binary.LittleEndian.Uint32(b)))
	case 8:
		n = int64(binary.LittleEndian.Uint32(b))<<32 | int64(binary.LittleEndian.Uint32(b[4:]))
	default:
		return "", fmt.Errorf("money value has %d bytes and not 4 or 8", len(b))
	}
	abs := new(big.Int).Abs(big.NewInt(n))
	return formatDecimal(abs, n < 0, 4), nil
}
