// Package index remembers where credentials lie and what is known of the places
// that asked for them, and holds no secret: one small JSON file for each origin
// and party (RULES R13), so that a fetch reads one file however many are
// remembered.
//
// A file is written by a temporary file, fsync and rename under a lock of its
// own, so readers need no lock and see the old text or the new one, whole. Files
// have mode 0600 and the folder 0700; symbolic links are not followed. What a
// newer program wrote is left untouched (ErrNewer), what cannot be read as an
// index is set aside under a name that holds ".damaged-" and taken as empty.
// Fields that this program does not know survive its writing.
//
// Beside the files lies a copy of all entries, for those who list thousands of
// them (List). It is never asked what may be sent where, and can be deleted at
// any time.
//
// The file's name is a readable part of the origin and a hash of party and
// origin; the lock is named by the hash alone, and stays when the file goes.
package index
