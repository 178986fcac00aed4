package main

import (
	"sync"
	"time"
)

// Kind says what a Metric does to its counter.
type Kind uint8

const (
	KindCount Kind = iota + 1
	KindSet
)

// Metric is one change of one counter.
type Metric struct {
	Kind  Kind
	Key   string
	Value int64
	At    time.Time
}

// Metrics keeps counters. Changes go through a channel, so that no request
// waits for the lock that readers of the counters hold.
type Metrics struct {
	Name string

	inChannel chan Metric
	mutex     sync.Mutex
	counters  map[string]int64
	longest   int64
	delay     time.Duration
}

// NewMetrics makes counters and starts the goroutine that keeps them.
func NewMetrics(name string, size int, delay time.Duration) *Metrics {
	m := &Metrics{
		Name:      name,
		inChannel: make(chan Metric, size),
		counters:  make(map[string]int64),
		delay:     delay,
	}
	go m.startInChannelConsumer()
	return m
}

// startInChannelConsumer is the only reader of inChannel.
func (m *Metrics) startInChannelConsumer() {
	var consumed int
	for elem := range m.inChannel {
		consumed++
		m.apply(elem)
		m.watchQueue(consumed, "queue.longest")
	}
}

// apply changes one counter and tells the (slow) sink.
func (m *Metrics) apply(elem Metric) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	switch elem.Kind {
	case KindCount:
		m.counters[elem.Key] += elem.Value
	case KindSet:
		m.counters[elem.Key] = elem.Value
	}
	time.Sleep(m.delay)
}

// watchQueue stores the greatest length of the queue as a metric. Here is the
// bug: it runs in the only reader of the queue, and SetM writes to it. If the
// queue is full, no goroutine can receive from it any more.
//
//go:noinline
func (m *Metrics) watchQueue(consumed int, key string) {
	length := int64(len(m.inChannel))
	if length <= m.longest {
		return
	}
	m.longest = length
	m.SetM(key, length)
	if consumed%1000 == 0 {
		println("metrics: longest queue", m.longest)
	}
}

// SetM sets a counter.
//
//go:noinline
func (m *Metrics) SetM(key string, value int64) {
	elem := Metric{Kind: KindSet, Key: key, Value: value, At: time.Now()}
	m.inChannel <- elem
}

// CountS adds one to a counter. Small enough to be inlined.
func (m *Metrics) CountS(key string) {
	m.inChannel <- Metric{Kind: KindCount, Key: key, Value: 1}
}

// Get reads a counter.
func (m *Metrics) Get(key string) int64 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.counters[key]
}
