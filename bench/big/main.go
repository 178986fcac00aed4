// A large executable (about 20 MB) with one goroutine to print, to measure the
// cost of reading DWARF. Templates call methods by name, so the linker must keep
// those of every reachable type.
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/bzip2"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"debug/dwarf"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/csv"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"expvar"
	"fmt"
	"go/ast"
	"go/build"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"html/template"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"log/slog"
	"math/big"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/http/pprof"
	"net/mail"
	"net/rpc"
	"net/rpc/jsonrpc"
	"net/smtp"
	"os"
	"os/exec"
	"regexp"
	"runtime/trace"
	"testing"
	"text/tabwriter"
	"time"
)

type record struct {
	Name   string
	Words  []string
	Counts map[string]int
	When   time.Time
}

//go:noinline
func consume(c chan record, name string, depth int) record {
	local := record{Name: name, Words: []string{"one", "two"}, Counts: map[string]int{"a": depth}, When: time.Now()}
	if depth > 0 {
		return consume(c, name, depth-1)
	}
	r := <-c
	r.Words = append(r.Words, local.Name)
	return r
}

func main() {
	used := []any{&tar.Reader{}, &zip.Reader{}, bzip2.NewReader, &tls.Config{}, &x509.Certificate{}, &sql.DB{}, &dwarf.Data{},
		&elf.File{}, &macho.File{}, &pe.File{}, &csv.Reader{}, &gob.Decoder{}, &json.Decoder{}, &xml.Decoder{}, &expvar.Map{},
		&ast.File{}, &build.Context{}, &doc.Package{}, format.Source, parser.ParseFile, &token.FileSet{}, &types.Config{},
		&image.RGBA{}, draw.Draw, gif.DecodeAll, jpeg.Decode, png.Decode, &slog.Logger{}, &big.Float{}, &multipart.Reader{},
		&http.Server{}, &httptest.Server{}, &httputil.ReverseProxy{}, pprof.Index, &mail.Message{}, &rpc.Server{},
		jsonrpc.NewClient, &smtp.Client{}, &exec.Cmd{}, &regexp.Regexp{}, trace.Start, testing.Benchmark, &tabwriter.Writer{}}
	t := template.Must(template.New("used").Parse("{{range .}}{{printf \"%T\" .}} {{end}}"))
	if len(os.Args) > 5 {
		types.NewChecker(nil, nil, nil, nil).Files(nil)
		doc.New(nil, "", 0)
		http.ListenAndServe("", httputil.NewSingleHostReverseProxy(nil))
	}
	t.Execute(io.Discard, used)
	c := make(chan record, 2)
	go consume(c, "the one", 5)
	time.Sleep(200 * time.Millisecond)
	fmt.Println("ready")
	time.Sleep(time.Hour)
}
