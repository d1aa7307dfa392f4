package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// checkText refuses control characters, which could end the line that the text
// is sent in. It does not repeat the text.
func checkText(v string) error {
	if strings.ContainsFunc(v, isControl) {
		return errors.New("holds a control character")
	}
	return nil
}

// Of --parallel-max, as in curl: a number of 0 or above maxParallel is the
// default.
const (
	defaultParallel = 50
	maxParallel     = 300
)

func takeParallelMax(o *options, v string) (err error) {
	if o.parallelMax, err = number(v, 0); o.parallelMax == 0 || o.parallelMax > maxParallel {
		o.parallelMax = defaultParallel
	}
	return err
}

func takeURL(o *options, v string) error {
	o.urls = append(o.urls, urlSource{text: v, inArgs: o.inConfig == 0, remote: o.remoteNameAll})
	return nil
}

func takeList(o *options, v string) error {
	if v == "" {
		return errors.New("no file name")
	}
	o.urls = append(o.urls, urlSource{text: v, list: true, remote: o.remoteNameAll})
	return nil
}

// words returns the URLs as they were given.
func (o *options) words() []string {
	var list []string
	for _, u := range o.urls {
		list = append(list, u.text)
	}
	return list
}

// outputOf returns where the n-th URL goes.
func (o *options) outputOf(n int) output {
	if n < len(o.outputs) {
		return o.outputs[n]
	}
	return output{remote: n < len(o.urls) && o.urls[n].remote}
}

// transfersAt reads --rate, and returns the time from one start to the next:
//
//	rate = 1*DIGIT [ "/" ( "s" / "m" / "h" / "d" ) ]
//
// Without a unit it is so many an hour, as in curl.
func transfersAt(v string) (time.Duration, error) {
	count, unit, has := strings.Cut(v, "/")
	if !has {
		unit = "h"
	}
	per := map[string]time.Duration{"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour}[unit]
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 1 || per == 0 {
		return 0, fmt.Errorf("%q is not a number of transfers, as in 10/m", v)
	}
	return per / time.Duration(n), nil
}

func takeOutput(o *options, v string) error {
	if v == "" {
		return errors.New("no file name")
	}
	if len(v) > 1 && v[0] == '-' {
		o.warned = append(o.warned, fmt.Sprintf("the file name %q of -o begins with a dash; was a flag meant?", v))
	}
	o.outputs = append(o.outputs, output{file: v})
	return nil
}

// seconds reads a time such as "2.5".
func seconds(v string) (time.Duration, error) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(f) || f < 0 || f > math.MaxInt64/float64(time.Second)/2 {
		return 0, fmt.Errorf("%q is not a number of seconds", v)
	}
	return time.Duration(f * float64(time.Second)), nil
}

// number reads an integer of at least the given value.
func number(v string, least int) (int, error) {
	n, err := strconv.Atoi(v)
	if err != nil || n < least {
		return 0, fmt.Errorf("%q is not a number of at least %d", v, least)
	}
	return n, nil
}
