// Command verify checks what the ledger of an exchange publishes, as a stranger would: it shares no line of code with
// the exchange, and stands on golang.org/x/mod/sumdb/note and .../tlog, which check the sums of all Go modules.
//
//	verify checkpoint  VKEY[,WITNESS-VKEY...] NOTE           prints the size and the root
//	verify inclusion   VKEYS PROOF leaf BASE64               a tlog-proof@v1 of a leaf hash
//	verify inclusion   VKEYS PROOF entry FILE                ... of an entry, the 32 bytes that stand in the ledger
//	verify inclusion   VKEYS PROOF record FILE SALT-FILE     ... of a record (a notice's signing input) with its salt
//	verify consistency VKEYS OLD-NOTE NEW-NOTE PROOF         PROOF has a base64 hash on each line
//	verify leaves      VKEYS NOTE LEAVES                     LEAVES has the base64 leaf hash of each leaf on a line
//	verify tiles       VKEYS NOTE FOLDER                     a mirror of tiles as C2SP tlog-tiles names them
//	verify sign        SKEY TEXT                             prints a note: for tests, the other way round
//	verify batch                                             commands from standard input, arguments between tabs
//
// VKEYS may be a file that holds them. Exit status 0 means: it holds. The first key is the log's and must have signed;
// all others are witnesses, and each of those must have cosigned.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
)

type command func(args []string) (string, error)

var commands = map[string]struct {
	least, most int
	run         command
}{
	"checkpoint":  {2, 2, checkpointCommand},
	"inclusion":   {4, 5, inclusionCommand},
	"consistency": {4, 4, consistencyCommand},
	"leaves":      {3, 3, leavesCommand},
	"tiles":       {3, 3, tilesCommand},
	"sign":        {2, 2, signCommand},
}

func run(args []string) (string, error) {
	if len(args) == 0 {
		return "", errors.New("no command; the head of main.go lists them")
	}
	found, ok := commands[args[0]]
	if n := len(args) - 1; !ok || n < found.least || n > found.most {
		return "", fmt.Errorf("%s: no such command, or another number of arguments", args[0])
	}
	return found.run(args[1:])
}

func batch() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		told, err := run(strings.Split(lines.Text(), "\t"))
		if err != nil {
			told = "refused: " + err.Error()
		}
		fmt.Println(strings.ReplaceAll(told, "\n", " "))
	}
	return lines.Err()
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "batch" {
		if err := batch(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	told, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
	fmt.Println(strings.TrimSuffix(told, "\n"))
}
