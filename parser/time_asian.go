package parser

import (
	"time"

	"diagnose"
)

// readEastAsian reads what date(1) and programs print under Chinese, Japanese and
// Korean locales: 2024年 01月 02日 星期二 10:00:00 CST, 2024年01月02日 (週二)
// 10時00分00秒, 2024年 1月 2日 火曜日 10:00:00 JST, 2024. 01. 02. (화) 오전 10:00:00
// KST, 2024년 01월 02일 (화) 10:00:00 KST, 1月 02 10:00:00 being readRFC3164's. CST is
// China's zone in these languages.
func readEastAsian(b []byte) (t time.Time, n int) {
	if len(b) < 16 {
		return t, 0
	}
	d := dateReader{b: b}
	d.has("公元")
	d.has("西元")
	year, month, day := d.eastAsianDay()
	if d.bad || year < 1970 {
		return t, 0
	}
	d.spaces()
	d.eastAsianWeekday()
	d.spaces()
	half := d.half()
	c := half.of(d.eastAsianClock())
	if d.bad {
		return t, 0
	}
	z := d.zone()
	if z == noZone && hasPrefix(b[max(d.at-4, 0):], " CST") {
		z = zone{offset: 8 * time.Hour, lacks: diagnose.GuessedZone}
	}
	return d.stamp(year, month, day, c, z)
}

// eastAsianDay reads 2024年 01月 02日, 2024년 1월 2일 and 2024. 01. 02.
func (d *dateReader) eastAsianDay() (year, month, day int) {
	year = d.number(4, 4)
	d.oneOf("年", "년", ". ")
	d.spaces()
	month = d.number(1, 2)
	d.oneOf("月", "월", ". ")
	d.spaces()
	day = d.number(1, 2)
	d.oneOf("日", "일", ".")
	return year, month, day
}

func (d *dateReader) oneOf(texts ...string) {
	for _, text := range texts {
		if d.has(text) {
			return
		}
	}
	d.bad = true
}

// eastAsianWeekday skips 星期二, 周二, (週二), 火曜日, (화) and 화요일.
func (d *dateReader) eastAsianWeekday() {
	was := d.at
	open := d.has("(")
	from := d.at
	for d.at < len(d.b) && d.at-from < 12 && d.b[d.at] >= 0x80 {
		d.at++
	}
	switch word := string(d.b[from:d.at]); word {
	case "上午", "下午", "오전", "오후", "午前", "午後", "中午", "凌晨", "早上", "晚上", "":
		d.at = was
		return
	}
	if open && !d.has(")") {
		d.at = was
	}
}

// half is the half of the day that some locales name before the clock.
type half uint8

const (
	wholeDay half = iota
	beforeNoon
	afterNoon
)

func (h half) of(c timeOfDay) timeOfDay {
	switch {
	case h == beforeNoon && c.hour == 12:
		c.hour = 0
	case h == afterNoon && c.hour < 12:
		c.hour += 12
	}
	return c
}

func (d *dateReader) half() half {
	h := wholeDay
	switch {
	case d.has("上午"), d.has("오전"), d.has("午前"), d.has("凌晨"), d.has("早上"):
		h = beforeNoon
	case d.has("下午"), d.has("오후"), d.has("午後"), d.has("中午"), d.has("晚上"):
		h = afterNoon
	}
	d.spaces()
	return h
}

// eastAsianClock reads 10:00:00, 10时00分00秒, 10時00分00秒 and 10시 00분 00초.
func (d *dateReader) eastAsianClock() (c timeOfDay) {
	was := *d
	c.hour = d.number(1, 2)
	if hasPrefix(d.rest(), ":") {
		*d = was
		return d.clock()
	}
	d.oneOf("时", "時", "点", "시")
	d.spaces()
	c.min = d.number(1, 2)
	d.oneOf("分", "분")
	d.spaces()
	c.sec = d.number(1, 2)
	d.oneOf("秒", "초")
	if c.hour > 23 || c.min > 59 || c.sec > 59 {
		d.bad = true
	}
	return c
}
