package qr

import "strings"

// quiet is the width of the light frame, in modules.
const quiet = 2

// Lines draws the code with two modules to a character, one above the other,
// dark as the foreground and light as the background: what shows them has to be
// black on white. All lines are equally wide: Width cells.
func (c *Code) Lines() []string {
	var lines []string
	for y := -quiet; y < c.size+quiet; y += 2 {
		var b strings.Builder
		for x := -quiet; x < c.size+quiet; x++ {
			switch upper, lower := c.Dark(x, y), c.Dark(x, y+1); {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}
