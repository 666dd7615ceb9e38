package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

func hashesOf(text string) ([]tlog.Hash, error) {
	if text == "" {
		return nil, nil
	}
	var found []tlog.Hash
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

func readHashes(name string) ([]tlog.Hash, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return hashesOf(string(content))
}

// leafHash says what stands in the ledger for a leaf hash, an entry, or a record with its salt.
func leafHash(args []string) (tlog.Hash, error) {
	if args[0] == "leaf" && len(args) == 2 {
		return tlog.ParseHash(args[1])
	}
	content, err := os.ReadFile(args[1])
	if err != nil {
		return tlog.Hash{}, err
	}
	switch {
	case args[0] == "entry" && len(args) == 2:
		return tlog.RecordHash(content), nil
	case args[0] == "record" && len(args) == 3:
		salt, err := os.ReadFile(args[2])
		entry := sha256.Sum256(append(salt, content...))
		return tlog.RecordHash(entry[:]), err
	}
	return tlog.Hash{}, errors.New("a leaf is given as leaf, entry, or record with its salt")
}

func inclusionCommand(args []string) (string, error) {
	raw, err := os.ReadFile(args[1])
	if err != nil {
		return "", err
	}
	head, checkpoint, found := strings.Cut(string(raw), "\n\n")
	lines := strings.Split(head, "\n")
	if !found || lines[0] != "c2sp.org/tlog-proof@v1" || len(lines) < 2 {
		return "", errors.New("no tlog-proof@v1")
	}
	lines = lines[1:]
	if strings.HasPrefix(lines[0], "extra ") && len(lines) > 1 {
		lines = lines[1:]
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[0], "index "), 10, 64)
	if err != nil || lines[0] != fmt.Sprintf("index %d", index) {
		return "", errors.New("malformed index")
	}
	proof, err := hashesOf(strings.Join(lines[1:], "\n"))
	if err != nil {
		return "", err
	}
	tree, err := openCheckpoint(args[0], []byte(checkpoint))
	if err != nil {
		return "", err
	}
	leaf, err := leafHash(args[2:])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d of %d", index, tree.N), tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf)
}

func consistencyCommand(args []string) (string, error) {
	before, err := openFile(args[0], args[1])
	if err != nil {
		return "", err
	}
	after, err := openFile(args[0], args[2])
	if err != nil {
		return "", err
	}
	proof, err := readHashes(args[3])
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d to %d", before.N, after.N), tlog.CheckTree(proof, after.N, after.Hash, before.N, before.Hash)
}

func leavesCommand(args []string) (string, error) {
	tree, err := openFile(args[0], args[1])
	if err != nil {
		return "", err
	}
	leaves, err := readHashes(args[2])
	if err != nil {
		return "", err
	}
	if int64(len(leaves)) != tree.N {
		return "", fmt.Errorf("%d leaves under a checkpoint of %d", len(leaves), tree.N)
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = stored[index]
		}
		return found, nil
	})
	for i, leaf := range leaves {
		more, err := tlog.StoredHashesForRecordHash(int64(i), leaf, reader)
		if err != nil {
			return "", err
		}
		stored = append(stored, more...)
	}
	root := tlog.Hash(sha256.Sum256(nil))
	if tree.N > 0 {
		if root, err = tlog.TreeHash(tree.N, reader); err != nil {
			return "", err
		}
	}
	if root != tree.Hash {
		return "", errors.New("the leaves give another root than the checkpoint has")
	}
	return fmt.Sprintf("%d %s", tree.N, root), nil
}

// tiles reads a mirror. C2SP leaves the height, which is always 8, out of the path.
type tiles string

func (t tiles) Height() int                         { return tileHeight }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, tile := range wanted {
		path := "tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
		data, err := os.ReadFile(filepath.Join(string(t), path))
		if err != nil {
			return nil, err
		}
		found[i] = data
	}
	return found, nil
}

func tilesCommand(args []string) (string, error) {
	tree, err := openFile(args[0], args[1])
	if err != nil {
		return "", err
	}
	if tree.N == 0 {
		return "0 leaves", nil
	}
	// The reader checks every tile against the root before it gives a hash of it.
	reader := tlog.TileHashReader(tree, tiles(args[2]))
	for index := int64(0); index < tree.N; index++ {
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		if err != nil {
			return "", err
		}
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err != nil {
			return "", err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf[0]); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%d leaves", tree.N), nil
}
