package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const cosignatureType = 4

// A cosigner verifies the timestamped signatures of a witness, which the note package does not know:
// c2sp.org/tlog-cosignature.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	signed := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", time)), text...)
	return time < 1<<63 && ed25519.Verify(c.key, signed, signature[8:])
}

func newVerifier(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("a verifier key has three parts")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignatureType {
		return note.NewVerifier(vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, errors.New("the verifier key's hash is of another key")
	}
	return &cosigner{parts[0], hash, key[1:]}, nil
}

func newVerifiers(told string) ([]note.Verifier, error) {
	if content, err := os.ReadFile(told); err == nil {
		told = string(content)
	}
	var found []note.Verifier
	for _, vkey := range strings.FieldsFunc(told, func(r rune) bool { return r == ',' || r == '\n' }) {
		verifier, err := newVerifier(vkey)
		if err != nil {
			return nil, err
		}
		found = append(found, verifier)
	}
	if len(found) == 0 {
		return nil, errors.New("no verifier key")
	}
	return found, nil
}

// openCheckpoint reads a checkpoint that the log and every witness named have signed.
func openCheckpoint(vkeys string, raw []byte) (tlog.Tree, error) {
	verifiers, err := newVerifiers(vkeys)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(raw, note.VerifierList(verifiers...))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(opened.Sigs) != len(verifiers) {
		return tlog.Tree{}, errors.New("the log, or a witness, has not signed")
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifiers[0].Name() {
		return tlog.Tree{}, errors.New("no checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, errors.New("malformed size")
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func openFile(vkeys, name string) (tlog.Tree, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return tlog.Tree{}, err
	}
	return openCheckpoint(vkeys, raw)
}

func checkpointCommand(args []string) (string, error) {
	tree, err := openFile(args[0], args[1])
	return fmt.Sprintf("%d %s", tree.N, tree.Hash), err
}

func signCommand(args []string) (string, error) {
	signer, err := note.NewSigner(args[0])
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(args[1])
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	return string(signed), err
}
