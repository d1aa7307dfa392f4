package qr

import "math"

// masks is how many there are.
const masks = 8

// inverts reports whether a mask inverts the module, table 10.
func inverts(mask, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (x/3+y/2)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	default:
		return ((x+y)%2+x*y%3)%2 == 0
	}
}

// apply inverts what the mask says. A second time it undoes that.
func (c *Code) apply(mask int) {
	for y := range c.size {
		for x := range c.size {
			i := c.at(x, y)
			c.dark[i] = c.dark[i] != (!c.fixed[i] && inverts(mask, x, y))
		}
	}
	c.formatAs(mask)
}

// mask applies the mask with the lowest penalty.
func (c *Code) mask() {
	best, least := 0, math.MaxInt
	for m := range masks {
		c.apply(m)
		if p := c.penalty(); p < least {
			best, least = m, p
		}
		c.apply(m)
	}
	c.apply(best)
}

// penalty adds up what makes a code hard to read, table 11.
func (c *Code) penalty() int {
	across := func(line, i int) bool { return c.Dark(i, line) }
	down := func(line, i int) bool { return c.Dark(line, i) }
	sum := 0
	for line := range c.size {
		for _, at := range []func(line, i int) bool{across, down} {
			sum += c.runs(func(i int) bool { return at(line, i) })
			sum += c.finderLike(func(i int) bool { return at(line, i) })
		}
	}
	return sum + c.squares() + c.imbalance()
}

// runs: five or more modules of a colour in a line.
func (c *Code) runs(at func(i int) bool) int {
	sum, length := 0, 0
	for i := range c.size {
		if i > 0 && at(i) == at(i-1) {
			length++
		} else {
			length = 1
		}
		switch {
		case length == 5:
			sum += 3
		case length > 5:
			sum++
		}
	}
	return sum
}

// finderLike: what looks like a finder pattern, 1:1:3:1:1, with light beside it.
func (c *Code) finderLike(at func(i int) bool) int {
	const before, after = 0b00001011101, 0b10111010000
	sum, window := 0, 0
	for i := range c.size {
		window = window << 1 & 0b11111111111
		if at(i) {
			window |= 1
		}
		if i >= 10 && (window == before || window == after) {
			sum += 40
		}
	}
	return sum
}

// squares: two by two of a colour.
func (c *Code) squares() int {
	sum := 0
	for y := range c.size - 1 {
		for x := range c.size - 1 {
			d := c.Dark(x, y)
			if d == c.Dark(x+1, y) && d == c.Dark(x, y+1) && d == c.Dark(x+1, y+1) {
				sum += 3
			}
		}
	}
	return sum
}

// imbalance: for each five in a hundred of dark modules away from half.
func (c *Code) imbalance() int {
	dark := 0
	for _, d := range c.dark {
		if d {
			dark++
		}
	}
	off := 100*dark/len(c.dark) - 50
	return max(off, -off) / 5 * 10
}
