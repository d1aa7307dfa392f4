package h1

import (
	"net/netip"
	"strings"
)

// noProxy lists the hosts that are reached without a proxy, in curl's syntax
// (since 7.86): names, which stand for what is below them too; addresses;
// networks such as 10.0.0.0/8; "*" alone for all. Commas or spaces separate
// them. There are no ports in it.
type noProxy string

// matches reports whether the host, without brackets, is on the list. Of an
// address with a zone the address counts (CVE-2025-22870).
func (list noProxy) matches(host string) bool {
	if list == "*" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	isIP := err == nil
	ip = ip.WithZone("").Unmap()
	host = strings.TrimSuffix(host, ".")
	for entry := range strings.FieldsFuncSeq(string(list), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if isIP && coversAddr(entry, ip) || !isIP && coversName(entry, host) {
			return true
		}
	}
	return false
}

func coversAddr(entry string, ip netip.Addr) bool {
	if net, err := netip.ParsePrefix(entry); err == nil {
		return net.Contains(ip)
	}
	one, err := netip.ParseAddr(strings.Trim(entry, "[]"))
	return err == nil && one.Unmap() == ip
}

// coversName compares without case; a dot before or behind the entry means
// nothing.
func coversName(entry, host string) bool {
	entry = strings.TrimPrefix(strings.TrimSuffix(entry, "."), ".")
	cut := len(host) - len(entry)
	return entry != "" && cut >= 0 && strings.EqualFold(host[cut:], entry) && (cut == 0 || host[cut-1] == '.')
}
