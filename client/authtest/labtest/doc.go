// Package labtest runs the program itself against the servers of the lab: real
// Apache, nginx and lighttpd, a real GNOME keyring, a real terminal, a real
// network. It has tests alone, for Linux. "make test-lab" starts the lab and
// sets GETIN_LAB=1; without that every test skips and says so.
package labtest
