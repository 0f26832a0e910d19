package tdstest

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Days from the first day of year 1 to the epochs of Go and of datetime, and
// the years between which the types lie.
const (
	secondsPerDay  = 24 * 60 * 60
	daysToUnix     = 719162
	daysTo1900     = 693595
	daysTo1753     = 639905
	daysTo10000    = 3652059
	ticksPerSecond = 300 // datetime counts time in 1/300 s
)

// wall gives the day since year 1, the second of that day and the nanosecond
// that a clock on the wall in t's zone shows: the date types have no zone.
func wall(t time.Time) (days, seconds int64, nanos int64) {
	_, offset := t.Zone()
	s := t.Unix() + int64(offset) + daysToUnix*secondsPerDay
	days, seconds = s/secondsPerDay, s%secondsPerDay
	if seconds < 0 {
		days, seconds = days-1, seconds+secondsPerDay
	}
	return days, seconds, int64(t.Nanosecond())
}

func outOfRange(name string) error {
	return Message{Number: 242, State: 3, Class: 16, Text: fmt.Sprintf(
		"The conversion of a datetime2 data type to a %s data type resulted in an out-of-range value.", name)}
}

func encodeTime(t *typeInfo, b []byte, v any) ([]byte, error) {
	value, err := asTime(v)
	if err != nil {
		return b, err
	}
	days, seconds, nanos := wall(value)
	switch {
	case t.id == typeSmallDateTime || t.id == typeDateTimeN && t.size == 4:
		return t.appendSmallDateTime(b, days, seconds, nanos)
	case t.id == typeDateTime || t.id == typeDateTimeN:
		return t.appendDateTime(b, days, seconds, nanos)
	case t.id == typeDateTimeOffset:
		days, seconds, nanos = wall(value.UTC())
	}
	if t.id != typeTime && (days < 0 || days >= daysTo10000) {
		return b, outOfRange("datetime2")
	}
	b = append(b, byte(t.size))
	if t.id != typeDate {
		b, days = t.appendTimeOfDay(b, days, seconds, nanos)
	}
	if t.id != typeTime {
		b = append(b, byte(days), byte(days>>8), byte(days>>16))
	}
	if t.id == typeDateTimeOffset {
		_, offset := value.Zone()
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(offset/60)))
	}
	return b, nil
}

// appendTimeOfDay writes a time of day at the type's scale. It rounds, which
// may carry into the next day; the last day there is stays as it is.
func (t *typeInfo) appendTimeOfDay(b []byte, days, seconds, nanos int64) ([]byte, int64) {
	unit := int64(100)
	for range 7 - t.scale {
		unit *= 10
	}
	perDay := secondsPerDay * (int64(time.Second) / unit)
	n := seconds*(int64(time.Second)/unit) + (nanos+unit/2)/unit
	if n >= perDay {
		if t.id == typeTime || days == daysTo10000-1 {
			n = perDay - 1
		} else {
			n, days = n-perDay, days+1
		}
	}
	for i := range timeSize(t.scale) {
		b = append(b, byte(n>>(8*i)))
	}
	return b, days
}

func (t *typeInfo) appendDateTime(b []byte, days, seconds, nanos int64) ([]byte, error) {
	ticks := seconds*ticksPerSecond + (nanos*3+5_000_000)/10_000_000
	if ticks >= secondsPerDay*ticksPerSecond {
		days, ticks = days+1, 0
	}
	if days < daysTo1753 || days >= daysTo10000 {
		return b, outOfRange("datetime")
	}
	b = binary.LittleEndian.AppendUint32(t.begin(b), uint32(int32(days-daysTo1900)))
	return binary.LittleEndian.AppendUint32(b, uint32(ticks)), nil
}

func (t *typeInfo) appendSmallDateTime(b []byte, days, seconds, nanos int64) ([]byte, error) {
	minutes := (seconds + 30) / 60
	if nanos > 998_000_000 && seconds%60 == 29 {
		minutes++ // 29.999 rounds up, 29.998 down
	}
	if minutes >= 24*60 {
		days, minutes = days+1, 0
	}
	if days < daysTo1900 || days-daysTo1900 > 0xFFFF {
		return b, outOfRange("smalldatetime")
	}
	b = binary.LittleEndian.AppendUint16(t.begin(b), uint16(days-daysTo1900))
	return binary.LittleEndian.AppendUint16(b, uint16(minutes)), nil
}

func onDay(days, seconds, nanos int64) time.Time {
	return time.Unix((days-daysToUnix)*secondsPerDay+seconds, nanos).UTC()
}

func decodeDateTime(b []byte) (time.Time, error) {
	switch len(b) {
	case 4:
		days, minutes := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[2:])
		return onDay(daysTo1900+int64(days), int64(minutes)*60, 0), nil
	case 8:
		days, ticks := int32(binary.LittleEndian.Uint32(b)), int64(binary.LittleEndian.Uint32(b[4:]))
		// Thirds of a hundredth print as 0, 3 and 7 milliseconds.
		millis := (ticks%ticksPerSecond*10 + 1) / 3
		return onDay(daysTo1900+int64(days), ticks/ticksPerSecond, millis*int64(time.Millisecond)), nil
	default:
		return time.Time{}, fmt.Errorf("datetime value has %d bytes and not 4 or 8", len(b))
	}
}

// decodeTimeType reads date, time, datetime2 and datetimeoffset.
func decodeTimeType(t typeInfo, b []byte) (time.Time, error) {
	if len(b) != t.size {
		return time.Time{}, fmt.Errorf("value of date type %#x has %d bytes and not %d", t.id, len(b), t.size)
	}
	var days, units int64
	if t.id != typeDate {
		n := timeSize(t.scale)
		for i := n - 1; i >= 0; i-- {
			units = units<<8 | int64(b[i])
		}
		for range 7 - t.scale {
			units *= 10
		}
		b = b[n:]
	}
	if t.id != typeTime {
		days = int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16
		b = b[3:]
	}
	const perSecond = int64(time.Second) / 100
	out := onDay(days, units/perSecond, units%perSecond*100)
	if t.id == typeDateTimeOffset {
		minutes := int(int16(binary.LittleEndian.Uint16(b)))
		out = out.In(time.FixedZone("", minutes*60))
	}
	return out, nil
}
