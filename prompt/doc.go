// Package prompt asks a person on the terminal, or through an askpass program,
// and makes server text fit to be shown there. It knows no realm, no scheme and
// no store.
//
// A Terminal is the controlling terminal device itself, never standard input or
// output, so a prompt works inside a pipeline. It reads in raw mode with an
// editor of its own, because the ready-made readers cut a line at 4,095 bytes in
// silence (the length of a line in the kernel), leave echo off after ^C, never
// return on ^D, and count paste brackets into the password.
//
// What a person can rely on, in every question:
//
//   - Enter ends it, ^C cancels (ErrCanceled), ^D on an empty line declines
//     (ErrDeclined), ^Z stops the job and leaves the terminal as it was found,
//     and after fg the question stands there again.
//   - Backspace deletes a character, ^W a word, ^U the line. Arrow keys and
//     other escape sequences do nothing.
//   - An answer may have any length.
//   - Every other control character is refused, and the bell rings: none of the
//     schemes that take a typed password can carry one, and to drop it silently
//     would send another password than the one that was meant.
//   - Text pasted between the brackets of xterm's bracketed paste mode (the mode
//     is not switched on here, but may be on) is taken without them. In it
//     nothing but ^C has a function; line ends are dropped, with the bell when
//     text follows them, so a token copied over two lines is one token.
//   - Bytes that are not UTF-8 are kept as they came.
//
// The terminal's mode is put back when a question returns, when its goroutine
// panics, when SIGINT, SIGTERM, SIGHUP, SIGQUIT or SIGTSTP arrives, and by
// Close. Output processing stays on while asking, so lines that other programs
// of a pipeline write meanwhile do not run down the screen like stairs.
//
// Departures:
//
//   - ^C is not turned into a signal for the whole process group: the question
//     returns ErrCanceled and the program ends by itself, with exit 130.
//   - A process stops itself by SIGTTIN where others would by SIGTSTP (see
//     stopSelf), so a shell says "Stopped (tty input)".
//   - On Windows there is no ^Z, and a question that is cancelled by its context
//     may swallow the next key that is pressed.
package prompt
