package identity

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/holtdb/holt/platform"
)

// Where a Directus session arrives, see findJWT.
const (
	sessionHeader    = "X-CF-Session"
	jwtSessionCookie = "cf_session"
)

// findJWT returns the token of a request: from the header X-CF-Session, which
// holds the token or a whole cookie string; from the cookie cf_session; or from
// "Authorization: Bearer", unless that is an API token. The first that is there
// decides.
func findJWT(r *http.Request) (string, error) {
	header, err := single(r.Header, sessionHeader)
	if err != nil {
		return "", err
	}
	cookies := r
	if strings.Contains(header, "=") { // which no token contains
		cookies = &http.Request{Header: http.Header{"Cookie": {header}}}
		header = ""
	}
	if header != "" {
		return header, nil
	}
	for _, request := range []*http.Request{cookies, r} {
		found := request.CookiesNamed(jwtSessionCookie)
		if len(found) > 1 {
			return "", fmt.Errorf("%w: several %s cookies", ErrInvalid, jwtSessionCookie)
		}
		if len(found) == 1 && found[0].Value != "" {
			return found[0].Value, nil
		}
	}
	if token, ok := bearer(r); ok && !strings.HasPrefix(token, platform.TokenPrefix) {
		return token, nil
	}
	return "", ErrNone
}

// proof reads the verified claims.
func (c *JWTConfig) proof(claims jwt.MapClaims) (platform.Proof, error) {
	claim := c.UserClaim
	if claim == "" {
		claim = "id"
		if _, ok := claims[claim]; !ok {
			claim = "sub"
		}
	}
	subject, ok := claims[claim].(string)
	if !ok || subject == "" {
		return platform.Proof{}, fmt.Errorf("claim %s is no user id", claim)
	}
	// The JSON decoder writes U+FFFD for halves of surrogate pairs: different
	// ids would become one.
	if strings.ContainsRune(subject, utf8.RuneError) {
		return platform.Proof{}, fmt.Errorf("claim %s is not Unicode", claim)
	}
	proof := platform.Proof{Provider: platform.ProviderJWT, Subject: subject}
	proof.Name, _ = claims["name"].(string)
	if tier := claims[c.TierClaim]; c.TierClaim != "" && tier != nil {
		if proof.Tier, ok = tier.(string); !ok {
			return platform.Proof{}, fmt.Errorf("claim %s is no tier", c.TierClaim)
		}
	}
	return proof, nil
}

// maxDepth bounds the nesting of a token's JSON.
const maxDepth = 16

// checkSegments refuses a token whose header or claims other readers could
// understand differently: not UTF-8, or with a name that is there twice.
func checkSegments(token string) error {
	if strings.ContainsAny(token, "\r\n") { // which base64 decoders skip
		return errors.New("line end in the token")
	}
	segments := strings.Split(token, ".")
	if len(segments) != 3 {
		return fmt.Errorf("%d segments instead of 3", len(segments))
	}
	for _, segment := range segments[:2] {
		raw, err := base64.RawURLEncoding.Strict().DecodeString(segment)
		if err != nil {
			return errors.New("not base64url")
		}
		if err := checkObject(raw); err != nil {
			return err
		}
	}
	return nil
}

func checkObject(raw []byte) error {
	if !utf8.Valid(raw) {
		return errors.New("not UTF-8")
	}
	if !bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{")) {
		return errors.New("not a JSON object")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := checkValue(decoder, maxDepth); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the JSON object")
	}
	return nil
}

func checkValue(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil {
		return errors.New("not JSON")
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	if depth == 0 {
		return errors.New("JSON is nested too deep")
	}
	names := make(map[string]bool)
	for decoder.More() {
		if delim == '{' {
			name, err := decoder.Token()
			if err != nil {
				return errors.New("not JSON")
			}
			if text, _ := name.(string); names[text] {
				return errors.New("a name is there twice")
			} else {
				names[text] = true
			}
		}
		if err := checkValue(decoder, depth-1); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return errors.New("not JSON")
	}
	return nil
}
