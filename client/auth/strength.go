package auth

// Strength orders answers by how well they guard the secret against who
// listens or asks: the greater the stronger. Zero means none is known.
type Strength int

// Strengths from weakest to strongest. The gaps leave room; the numbers are
// never stored, the names are.
const (
	StrengthBasic        Strength = 10
	StrengthBearer       Strength = 15
	StrengthNTLM         Strength = 20
	StrengthDigestMD5    Strength = 30
	StrengthSCRAMSHA1    Strength = 40
	StrengthDigestSHA256 Strength = 50
	StrengthDigestSHA512 Strength = 60
	StrengthSCRAMSHA256  Strength = 70
	StrengthNegotiate    Strength = 80
)

var strengthNames = map[Strength]string{
	StrengthBasic:        "Basic",
	StrengthBearer:       "Bearer",
	StrengthNTLM:         "NTLM",
	StrengthDigestMD5:    "Digest MD5",
	StrengthSCRAMSHA1:    "SCRAM-SHA-1",
	StrengthDigestSHA256: "Digest SHA-256",
	StrengthDigestSHA512: "Digest SHA-512-256",
	StrengthSCRAMSHA256:  "SCRAM-SHA-256",
	StrengthNegotiate:    "Negotiate",
}

// String returns the name under which the strength is shown and stored, or ""
// for an unknown one.
func (s Strength) String() string { return strengthNames[s] }

// StrengthNamed is the inverse of String; an unknown name is 0.
func StrengthNamed(name string) Strength {
	for s, n := range strengthNames {
		if n == name {
			return s
		}
	}
	return 0
}
