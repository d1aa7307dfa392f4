// Package vault keeps credentials in one encrypted file, for machines without a
// keyring. The file can be opened without getin:
//
//	age -d -i identity.txt vault.age
//
// # Files
//
// A vault is a folder, made with mode 0700, that holds
//
//	identity.txt  an age identity file as age-keygen writes it, mode 0600:
//	              comment lines and one line AGE-SECRET-KEY-1... (X25519)
//	vault.age     an age file (age-encryption.org/v1), mode 0600, encrypted to
//	              the identities of that file
//	identity.age  instead of identity.txt: the same text in an age file with a
//	              pass phrase (scrypt)
//	vault.lock    empty; locked (flock) while a new vault.age is written
//	vault-*.tmp   a vault.age that is being written, or whose writer died
//
// Inside vault.age is one JSON object:
//
//	{"getin-vault": 1, "entries": {ID: VALUE, ...}}
//
// ID is store.Key.ID, VALUE what store.Encode wrote: it holds the whole key,
// which is compared on reading, so that no entry can be passed off as another.
// A vault of a greater version is neither read nor changed.
//
// With neither file beside it, a vault is opened by an identity from elsewhere
// (Key.Source). The age program opens identity.age too: "age -d -i identity.age
// vault.age" asks for the pass phrase.
//
// An identity that was opened with a pass phrase is kept for the run, and with
// Unlock for a time, by the Linux kernel (keyrings(7), in the user's keyring).
//
// # What is promised
//
// A new vault.age is written beside the old one, brought to the disk and renamed
// over it: after a crash at any moment one of the two is there, whole. Writers
// take turns; readers need no lock, since a file that they have open stays what
// it was. Nothing is written when what is there cannot be read, and no file in
// the folder is reached through a symbolic link.
//
// # What is not
//
// Whoever can read the identity file can read the vault: it is as safe as the
// folder. And age does not sign: who knows the identity's public key, and can
// write to the folder, can put another vault there.
package vault
