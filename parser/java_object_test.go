package parser

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

// javaWriter writes the object streams that these tests read, by the Java Object
// Serialization Specification.
type javaWriter struct {
	b       []byte
	handles int
}

func newJavaWriter() *javaWriter { return &javaWriter{b: []byte{0xAC, 0xED, 0, 5}} }

func (w *javaWriter) text(s string) {
	w.b = binary.BigEndian.AppendUint16(w.b, uint16(len(s)))
	w.b = append(w.b, s...)
}

func (w *javaWriter) string(s string) {
	w.b = append(w.b, tcString)
	w.text(s)
	w.handles++
}

func (w *javaWriter) reference(handle int) {
	w.b = append(w.b, tcReference)
	w.b = binary.BigEndian.AppendUint32(w.b, uint32(baseHandle+handle))
}

// class begins a class description with fields of the types given as
// "name:Ljava/lang/String;" or "name:I"; the superclass comes after it.
func (w *javaWriter) class(name string, flags byte, fields ...string) {
	w.b = append(w.b, tcClassDesc)
	w.text(name)
	w.b = append(w.b, 1, 2, 3, 4, 5, 6, 7, 8)
	w.handles++
	w.b = append(w.b, flags)
	w.b = binary.BigEndian.AppendUint16(w.b, uint16(len(fields)))
	for _, f := range fields {
		n, kind, _ := strings.Cut(f, ":")
		w.b = append(w.b, kind[0])
		w.text(n)
		if kind[0] == 'L' || kind[0] == '[' {
			w.string(kind)
		}
	}
	w.b = append(w.b, tcEndBlockData)
}

// exception writes an exception with a message; cause writes its cause, nil for
// one that has none (which Java writes as a reference to the exception itself).
func (w *javaWriter) exception(class, message string, cause func()) {
	w.b = append(w.b, tcObject)
	w.class(class, scSerializable, "csErrorCode:I")
	w.class("java.lang.Exception", scSerializable)
	w.class("java.lang.Throwable", scSerializable|scWriteMethod,
		"cause:Ljava/lang/Throwable;", "detailMessage:Ljava/lang/String;", "stackTrace:[Ljava/lang/StackTraceElement;")
	w.b = append(w.b, tcNull)
	self := w.handles
	w.handles++
	if cause == nil {
		w.reference(self)
	} else {
		cause()
	}
	if message == "" {
		w.b = append(w.b, tcNull)
	} else {
		w.string(message)
	}
	w.stackTrace()
	w.b = append(w.b, tcEndBlockData) // Throwable's own data
	w.b = binary.BigEndian.AppendUint32(w.b, 4250)
}

func (w *javaWriter) stackTrace() {
	w.b = append(w.b, tcArray)
	w.class("[Ljava.lang.StackTraceElement;", scSerializable)
	w.b = append(w.b, tcNull)
	w.handles++
	w.b = binary.BigEndian.AppendUint32(w.b, 1)
	w.b = append(w.b, tcObject)
	w.class("java.lang.StackTraceElement", scSerializable, "lineNumber:I", "declaringClass:Ljava/lang/String;")
	w.b = append(w.b, tcNull)
	w.handles++
	w.b = binary.BigEndian.AppendUint32(w.b, 1184)
	w.string("com.cloud.vm.VirtualMachineManagerImpl")
}

func failedMigration() []byte {
	w := newJavaWriter()
	w.exception("com.cloud.utils.exception.CloudRuntimeException", "Failed to migrate VM[User|i-9-20-VM]", func() {
		w.exception("java.io.IOException", "No space left on device", nil)
	})
	return w.b
}

func TestReadThrowables(t *testing.T) {
	const whole = "com.cloud.utils.exception.CloudRuntimeException: Failed to migrate VM[User|i-9-20-VM]\n" +
		"Caused by: java.io.IOException: No space left on device"
	stream := failedMigration()
	if got := readThrowables(stream); !slices.Equal(got, []string{whole}) {
		t.Errorf("got %q", got)
	}
	// However the log cut it, the class is read as soon as it is there, and nothing is made up.
	for n := range stream {
		got := strings.Join(readThrowables(stream[:n]), "\n")
		for line := range strings.SplitSeq(got, "\n") {
			if line != "" && !strings.Contains(whole, strings.TrimPrefix(line, "Caused by: ")) {
				t.Fatalf("%d bytes gave %q", n, got)
			}
		}
	}
	if got := readThrowables(stream[:len(stream)-200]); len(got) == 0 || !strings.Contains(got[0], "CloudRuntimeException") {
		t.Errorf("cut stream gave %q", got)
	}

	w := newJavaWriter()
	w.exception("java.lang.NullPointerException", "", nil)
	if got := readThrowables(w.b); !slices.Equal(got, []string{"java.lang.NullPointerException"}) {
		t.Errorf("got %q", got)
	}

	w = newJavaWriter() // no exception: the arguments of a job
	w.b = append(w.b, tcObject)
	w.class("com.cloud.vm.VmWorkStart", scSerializable, "dcId:J", "name:Ljava/lang/String;")
	w.b = append(w.b, tcNull, 0, 0, 0, 0, 0, 0, 0, 1)
	w.string("x")
	if got := readThrowables(w.b); got != nil {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{"", "\xAC\xED\x00\x05", "\xAC\xED\x00\x05s", "\xAC\xED\x00\x05q\x00\x7E\x00\x00", "PK\x03\x04...."} {
		if got := readThrowables([]byte(bad)); got != nil {
			t.Errorf("%q gave %q", bad, got)
		}
	}
}

func FuzzReadThrowables(f *testing.F) {
	f.Add(failedMigration())
	f.Fuzz(func(t *testing.T, stream []byte) {
		if len(readThrowables(stream)) > maxThrowables {
			t.Fatal("unbounded")
		}
	})
}
