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
	o.urls = append(o.urls, v)
	if o.inConfig == 0 {
		o.urlsInArgs = append(o.urlsInArgs, v)
	}
	return nil
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
