package qr

// newCode returns a code with its function patterns (section 6.3) and none of its
// data. The modules of the format information are set aside.
func newCode(version int) *Code {
	size := 17 + 4*version
	c := &Code{version: version, size: size, dark: make([]bool, size*size), fixed: make([]bool, size*size)}
	for i := range size {
		c.fix(6, i, i%2 == 0)
		c.fix(i, 6, i%2 == 0)
	}
	c.finder(3, 3)
	c.finder(size-4, 3)
	c.finder(3, size-4)
	c.alignments()
	c.formatAs(0)
	if version >= 7 {
		c.versionInformation()
	}
	return c
}

func (c *Code) at(x, y int) int { return y*c.size + x }

func (c *Code) inside(x, y int) bool { return x >= 0 && y >= 0 && x < c.size && y < c.size }

// Dark reports whether the module is. Beyond the edges none is.
func (c *Code) Dark(x, y int) bool { return c.inside(x, y) && c.dark[c.at(x, y)] }

func (c *Code) fix(x, y int, dark bool) {
	c.dark[c.at(x, y)], c.fixed[c.at(x, y)] = dark, true
}

// ring is how far a place is from the middle of the pattern, as squares go.
func ring(dx, dy int) int { return max(dx, -dx, dy, -dy) }

// finder draws a finder pattern with its separator.
func (c *Code) finder(x, y int) {
	for dy := -4; dy <= 4; dy++ {
		for dx := -4; dx <= 4; dx++ {
			if c.inside(x+dx, y+dy) {
				r := ring(dx, dy)
				c.fix(x+dx, y+dy, r != 2 && r != 4)
			}
		}
	}
}

// alignments draws the alignment patterns, which the three finders leave no room
// for in their corners (annex E).
func (c *Code) alignments() {
	places := c.alignmentPlaces()
	for i, y := range places {
		for j, x := range places {
			last := len(places) - 1
			if i == 0 && j == 0 || i == 0 && j == last || i == last && j == 0 {
				continue
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					c.fix(x+dx, y+dy, ring(dx, dy) != 1)
				}
			}
		}
	}
}

// alignmentPlaces are the rows and columns of the patterns' middles, evenly apart
// from the far edge on.
func (c *Code) alignmentPlaces() []int {
	if c.version == 1 {
		return nil
	}
	n := c.version/7 + 2
	step := (c.version*8 + n*3 + 5) / (n*4 - 4) * 2
	places := make([]int, n)
	for i := range places {
		places[i] = c.size - 7 - (n-1-i)*step
	}
	places[0] = 6
	return places
}

// formatAs draws the format information, twice: level L and the mask, protected
// (section 7.9.1).
func (c *Code) formatAs(mask int) {
	const levelL = 0b01
	format := protected(levelL<<3|mask, 0b10100110111, 10) ^ 0b101010000010010
	bit := func(i int) bool { return format>>i&1 == 1 }
	for i := range 15 {
		switch {
		case i < 6:
			c.fix(8, i, bit(i))
		case i < 8:
			c.fix(8, i+1, bit(i))
		case i == 8:
			c.fix(7, 8, bit(i))
		default:
			c.fix(14-i, 8, bit(i))
		}
		if i < 8 {
			c.fix(c.size-1-i, 8, bit(i))
		} else {
			c.fix(8, c.size-15+i, bit(i))
		}
	}
	c.fix(8, c.size-8, true)
}

// versionInformation draws the version, twice, protected (section 7.10).
func (c *Code) versionInformation() {
	v := protected(c.version, 0b1111100100101, 12)
	for i := range 18 {
		dark := v>>i&1 == 1
		c.fix(c.size-11+i%3, i/3, dark)
		c.fix(i/3, c.size-11+i%3, dark)
	}
}

// fill puts the octets where no pattern is: in columns of two, from the right,
// upwards and downwards in turn, leaving out the column of the timing pattern
// (section 7.7.3).
func (c *Code) fill(octets []byte) {
	n := 0
	up := true
	for right := c.size - 1; right > 0; right -= 2 {
		if right == 6 {
			right--
		}
		for i := range c.size {
			y := i
			if up {
				y = c.size - 1 - i
			}
			for x := right; x >= right-1; x-- {
				if !c.fixed[c.at(x, y)] && n < 8*len(octets) {
					c.dark[c.at(x, y)] = octets[n/8]>>(7-n%8)&1 == 1
					n++
				}
			}
		}
		up = !up
	}
}
