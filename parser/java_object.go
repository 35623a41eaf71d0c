package parser

import (
	"encoding/binary"
	"errors"
	"strings"
)

// readThrowables reads a serialized Java object and returns the exceptions in it,
// outermost first, each with its causes as a stack trace prints them:
//
//	com.cloud.utils.exception.CloudRuntimeException: Failed to migrate
//	Caused by: java.io.IOException: No space left on device
//
// A stream that is cut off, or holds what this does not know, yields the exceptions
// read so far. The format is chapter 6 of the Java Object Serialization
// Specification.
func readThrowables(stream []byte) []string {
	r := javaReader{b: stream}
	if len(stream) < 5 || binary.BigEndian.Uint32(stream) != 0xACED0005 {
		return nil
	}
	r.at = 4
	for r.at < len(stream) {
		if _, err := r.content(0); err != nil {
			break
		}
	}
	caused := map[*javaThrowable]bool{}
	for _, t := range r.thrown {
		if t.cause != nil && t.cause != t {
			caused[t.cause] = true
		}
	}
	var texts []string
	for _, t := range r.thrown {
		if !caused[t] {
			texts = append(texts, t.String())
		}
	}
	return texts
}

type javaThrowable struct {
	class, message string
	cause          *javaThrowable
}

func (t *javaThrowable) String() string {
	var b strings.Builder
	for depth := 0; t != nil && depth < maxCauses; depth++ {
		if depth > 0 {
			b.WriteString("\nCaused by: ")
		}
		b.WriteString(t.class)
		if t.message != "" {
			b.WriteString(": ")
			b.WriteString(t.message)
		}
		if t.cause == t {
			break
		}
		t = t.cause
	}
	return b.String()
}

// Bounds on a hostile stream: causes printed, objects nested, exceptions kept.
const (
	maxCauses     = 16
	maxJavaDepth  = 200
	maxThrowables = 32
)

// Tags and flags of the stream protocol (java.io.ObjectStreamConstants).
const (
	tcNull           = 0x70
	tcReference      = 0x71
	tcClassDesc      = 0x72
	tcObject         = 0x73
	tcString         = 0x74
	tcArray          = 0x75
	tcClass          = 0x76
	tcBlockData      = 0x77
	tcEndBlockData   = 0x78
	tcReset          = 0x79
	tcBlockDataLong  = 0x7A
	tcLongString     = 0x7C
	tcProxyClassDesc = 0x7D
	tcEnum           = 0x7E

	baseHandle = 0x7E0000

	scWriteMethod    = 0x01
	scSerializable   = 0x02
	scExternalizable = 0x04
	scBlockData      = 0x08
)

var errJavaStream = errors.New("not a Java object stream")

type javaClass struct {
	name   string
	flags  byte
	fields []javaField
	super  *javaClass
}

type javaField struct {
	kind byte
	name string
}

// endBlock is what content returns for the mark that ends a class's own data.
type endBlock struct{}

type javaReader struct {
	b       []byte
	at      int
	handles []any
	thrown  []*javaThrowable
}

func (r *javaReader) take(n int) ([]byte, error) {
	if n < 0 || n > len(r.b)-r.at {
		return nil, errJavaStream
	}
	r.at += n
	return r.b[r.at-n : r.at], nil
}

func (r *javaReader) byte() (byte, error) {
	b, err := r.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

func (r *javaReader) uint16() (int, error) {
	b, err := r.take(2)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint16(b)), nil
}

func (r *javaReader) uint32() (int, error) {
	b, err := r.take(4)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint32(b)), nil
}

func (r *javaReader) text() (string, error) {
	n, err := r.uint16()
	if err != nil {
		return "", err
	}
	b, err := r.take(n)
	return string(b), err
}

// content reads one element of the stream: nil, a string, a *javaClass, a
// *javaThrowable, or something of no interest.
func (r *javaReader) content(depth int) (any, error) {
	if depth > maxJavaDepth {
		return nil, errJavaStream
	}
	tag, err := r.byte()
	if err != nil {
		return nil, err
	}
	switch tag {
	case tcNull:
		return nil, nil
	case tcReference:
		return r.reference()
	case tcClassDesc:
		return r.classDesc(depth)
	case tcProxyClassDesc:
		return r.proxyClassDesc(depth)
	case tcObject:
		return r.object(depth)
	case tcString:
		return r.string(r.uint16)
	case tcLongString:
		return r.string(r.longLength)
	case tcArray:
		return nil, r.array(depth)
	case tcClass:
		_, err := r.class(depth)
		r.handles = append(r.handles, nil)
		return nil, err
	case tcEnum:
		return nil, r.enum(depth)
	case tcBlockData:
		n, err := r.byte()
		if err == nil {
			_, err = r.take(int(n))
		}
		return nil, err
	case tcBlockDataLong:
		n, err := r.uint32()
		if err == nil {
			_, err = r.take(n)
		}
		return nil, err
	case tcEndBlockData:
		return endBlock{}, nil
	case tcReset:
		r.handles = r.handles[:0]
		return nil, nil
	}
	return nil, errJavaStream
}

func (r *javaReader) reference() (any, error) {
	h, err := r.uint32()
	if h -= baseHandle; err != nil || h < 0 || h >= len(r.handles) {
		return nil, errJavaStream
	}
	return r.handles[h], nil
}

func (r *javaReader) longLength() (int, error) {
	b, err := r.take(8)
	if err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint64(b)
	if n > uint64(len(r.b)) {
		return 0, errJavaStream
	}
	return int(n), nil
}

func (r *javaReader) string(length func() (int, error)) (any, error) {
	n, err := length()
	if err != nil {
		return nil, err
	}
	b, err := r.take(n)
	if err != nil {
		return nil, err
	}
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	r.handles = append(r.handles, s)
	return s, nil
}

// class reads a class description, new or referred to; nil at the top.
func (r *javaReader) class(depth int) (*javaClass, error) {
	v, err := r.content(depth + 1)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, nil
	}
	c, ok := v.(*javaClass)
	if !ok {
		return nil, errJavaStream
	}
	return c, nil
}

func (r *javaReader) classDesc(depth int) (any, error) {
	c := &javaClass{}
	var err error
	if c.name, err = r.text(); err != nil {
		return nil, err
	}
	if _, err = r.take(8); err != nil { // serialVersionUID
		return nil, err
	}
	r.handles = append(r.handles, c)
	if c.flags, err = r.byte(); err != nil {
		return nil, err
	}
	if err = r.fields(c, depth); err != nil {
		return nil, err
	}
	if err = r.annotation(depth); err != nil {
		return nil, err
	}
	c.super, err = r.class(depth)
	return c, err
}

func (r *javaReader) fields(c *javaClass, depth int) error {
	n, err := r.uint16()
	for range n {
		var f javaField
		if f.kind, err = r.byte(); err != nil {
			return err
		}
		if f.name, err = r.text(); err != nil {
			return err
		}
		if f.kind == 'L' || f.kind == '[' {
			if _, err = r.content(depth + 1); err != nil { // the field's type
				return err
			}
		}
		c.fields = append(c.fields, f)
	}
	return err
}

func (r *javaReader) proxyClassDesc(depth int) (any, error) {
	c := &javaClass{flags: scSerializable}
	r.handles = append(r.handles, c)
	n, err := r.uint32()
	if err != nil || n > len(r.b) {
		return nil, errJavaStream
	}
	for range n {
		if _, err := r.text(); err != nil {
			return nil, err
		}
	}
	if err := r.annotation(depth); err != nil {
		return nil, err
	}
	c.super, err = r.class(depth)
	return c, err
}

// annotation reads what a class wrote by its own method, up to its end.
func (r *javaReader) annotation(depth int) error {
	for {
		v, err := r.content(depth + 1)
		if err != nil {
			return err
		}
		if _, end := v.(endBlock); end {
			return nil
		}
	}
}

func (r *javaReader) object(depth int) (any, error) {
	c, err := r.class(depth)
	if err != nil || c == nil {
		return nil, errJavaStream
	}
	line := lineage(c)
	var t *javaThrowable
	if line[0].name == "java.lang.Throwable" {
		t = &javaThrowable{class: strings.ToValidUTF8(c.name, "\uFFFD")}
		if len(r.thrown) < maxThrowables {
			r.thrown = append(r.thrown, t)
		}
		r.handles = append(r.handles, t)
	} else {
		r.handles = append(r.handles, nil)
	}
	for _, c := range line {
		if err := r.classData(c, t, depth); err != nil {
			return nil, err
		}
	}
	if t == nil {
		return nil, nil
	}
	return t, nil
}

// lineage returns the class and its superclasses, topmost first, as their data
// stand in the stream.
func lineage(c *javaClass) []*javaClass {
	var line []*javaClass
	for ; c != nil && len(line) < maxJavaDepth; c = c.super {
		line = append(line, c)
	}
	for i, j := 0, len(line)-1; i < j; i, j = i+1, j-1 {
		line[i], line[j] = line[j], line[i]
	}
	return line
}

func (r *javaReader) classData(c *javaClass, t *javaThrowable, depth int) error {
	if c.flags&scExternalizable != 0 {
		if c.flags&scBlockData == 0 {
			return errJavaStream
		}
		return r.annotation(depth)
	}
	if c.flags&scSerializable == 0 {
		return nil
	}
	for _, f := range c.fields {
		v, err := r.value(f.kind, depth)
		if err != nil {
			return err
		}
		if t != nil && c.name == "java.lang.Throwable" {
			t.set(f.name, v)
		}
	}
	if c.flags&scWriteMethod != 0 {
		return r.annotation(depth)
	}
	return nil
}

func (t *javaThrowable) set(field string, v any) {
	switch field {
	case "detailMessage":
		t.message, _ = v.(string)
	case "cause":
		t.cause, _ = v.(*javaThrowable)
	}
}

// value reads a field's value or an array's element of the given type code.
func (r *javaReader) value(kind byte, depth int) (any, error) {
	if kind == 'L' || kind == '[' {
		return r.content(depth + 1)
	}
	n := primitiveSize(kind)
	if n == 0 {
		return nil, errJavaStream
	}
	_, err := r.take(n)
	return nil, err
}

func primitiveSize(kind byte) int {
	switch kind {
	case 'B', 'Z':
		return 1
	case 'C', 'S':
		return 2
	case 'I', 'F':
		return 4
	case 'J', 'D':
		return 8
	}
	return 0
}

func (r *javaReader) array(depth int) error {
	c, err := r.class(depth)
	if err != nil || c == nil || len(c.name) < 2 || c.name[0] != '[' {
		return errJavaStream
	}
	r.handles = append(r.handles, nil)
	n, err := r.uint32()
	if err != nil {
		return err
	}
	if size := primitiveSize(c.name[1]); size > 0 {
		if n > len(r.b) {
			return errJavaStream
		}
		_, err = r.take(n * size)
		return err
	}
	for range n {
		if _, err := r.value(c.name[1], depth); err != nil {
			return err
		}
	}
	return nil
}

func (r *javaReader) enum(depth int) error {
	if _, err := r.class(depth); err != nil {
		return err
	}
	r.handles = append(r.handles, nil)
	_, err := r.content(depth + 1) // the constant's name
	return err
}
