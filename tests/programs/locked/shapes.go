// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"sync/atomic"
)

//go:noinline
func plain(t, u *T, n int) {
	mark(10) // held: none; pending: lock t.mu*
	t.mu.Lock()
	mark(11) // held: t.mu; pending: unlock t.mu*
	t.mu.Unlock()
	mark(12) // held: none; only: none
}

//go:noinline
func deferred(t, u *T, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mark(20) // held: t.mu; only: none
}

// The lock is released before the first deferred call.
//
//go:noinline
func deferredLate(t, u *T, n int) {
	defer func() {
		mark(30) // held: none
	}()
	t.mu.Lock()
	mark(31) // held: t.mu; pending: unlock t.mu*
	t.mu.Unlock()
	mark(32) // held: none; only: none
}

//go:noinline
func readers(t, u *T, n int) {
	t.rw.RLock()
	mark(40) // held: rlock t.rw; pending: runlock t.rw*, wlock t.rw*
	t.rw.RUnlock()
	mark(41) // held: none; only: wlock t.rw*
	t.rw.Lock()
	mark(42) // held: wlock t.rw; only: wunlock t.rw*
	t.rw.Unlock()
	mark(43) // held: none; only: none
}

//go:noinline
func early(t, u *T, n int) {
	t.mu.Lock()
	if n == 3 {
		mark(50) // held: t.mu; only: unlock t.mu*
		t.mu.Unlock()
		mark(51) // held: none; only: none
		return
	}
	mark(52) // held: t.mu; only: unlock t.mu*
	t.mu.Unlock()
	mark(53) // held: none; only: none
}

//go:noinline
func bothBranches(t, u *T, n int) {
	if n == 3 {
		t.mu.Lock()
		mark(60) // held: t.mu; only: unlock t.mu*
	} else {
		mark(61) // held: none; only: lock t.mu*
		t.mu.Lock()
	}
	mark(62) // held: t.mu; only: unlock t.mu*
	t.mu.Unlock()
}

//go:noinline
func oneBranch(t, u *T, n int) {
	if n == 3 {
		t.mu.Lock()
	}
	mark(70) // held: none; perhaps: t.mu; only: unlock t.mu
	if n == 3 {
		t.mu.Unlock()
	}
	mark(71) // held: none
}

//go:noinline
func try(t, u *T, n int) {
	if t.mu.TryLock() {
		mark(80) // pending: unlock t.mu*
		t.mu.Unlock()
	}
	mark(81) // held: none
	if t.rw.TryLock() {
		mark(82) // pending: wunlock t.rw*
		t.rw.Unlock()
	}
	mark(83) // held: none
	if t.rw.TryRLock() {
		mark(84) // pending: runlock t.rw*
		t.rw.RUnlock()
	}
	mark(85) // held: none; only: none
}

//go:noinline
func tryElse(t, u *T, n int) {
	if !t.mu.TryLock() {
		mark(90) // held: none; only: none
		return
	}
	mark(91) // pending: unlock t.mu*
	t.mu.Unlock()
}

func (t *T) lock()   { t.mu.Lock() }
func (t *T) unlock() { t.mu.Unlock() }

//go:noinline
func (t *T) take() { t.mu.Lock() }

//go:noinline
func (t *T) drop() { t.mu.Unlock() }

//go:noinline
func (t *T) takeTwice() { t.take() }

//go:noinline
func (t *T) dropTwice() { t.drop() }

//go:noinline
func helpers(t, u *T, n int) {
	t.lock()
	mark(100) // held: t.mu; pending: unlock t.mu*, lock t.mu*
	t.unlock()
	mark(101) // held: none; only: lock t.mu*
	t.take()
	mark(102) // held: t.mu; only: unlock t.mu*
	t.drop()
	mark(103) // held: none; only: none
}

//go:noinline
func helperOfHelper(t, u *T, n int) {
	t.takeTwice()
	mark(110) // held: t.mu; only: unlock t.mu*
	t.dropTwice()
	mark(111) // held: none; only: none
}

//go:noinline
func unlockedByHelper(t, u *T, n int) {
	t.mu.Lock()
	mark(120) // held: t.mu; only: unlock t.mu*
	t.drop()
	mark(121) // held: none; only: none
}

//go:noinline
func (t *T) breathe() {
	t.mu.Unlock()
	mark(130) // held: none; released: t.mu; only: lock t.mu*
	t.mu.Lock()
	mark(131) // held: t.mu; released: none; only: none
}

//go:noinline
func relockedByHelper(t, u *T, n int) {
	t.mu.Lock()
	t.breathe()
	mark(132) // held: t.mu; only: unlock t.mu*
	t.mu.Unlock()
}

//go:noinline
func chained(t, u *T, n int) {
	t.next.mu.Lock()
	mark(140) // held: t.next.mu; only: unlock t.next.mu*
	t.next.mu.Unlock()
	mark(141) // held: none; only: none
}

//go:noinline
func twoLocks(t, u *T, n int) {
	t.mu.Lock()
	u.rw.Lock()
	mark(150) // held: t.mu, wlock u.rw; pending: wunlock u.rw*, unlock t.mu*
	u.rw.Unlock()
	mark(151) // held: t.mu; pending: unlock t.mu*, lock t.mu*, lock u.mu*
	t.mu.Unlock()
	mark(152) // held: none; only: lock t.mu*, lock u.mu*
	t.mu.Lock()
	u.mu.Lock()
	mark(153) // held: t.mu, u.mu; only: unlock t.mu*, unlock u.mu*
	u.mu.Unlock()
	mark(154) // held: t.mu; only: unlock t.mu*
	t.mu.Unlock()
	mark(155) // held: none; only: none
}

// An unlock of another pointer may be one of the first lock.
//
//go:noinline
func twoChained(t, u *T, n int) {
	t.mu.Lock()
	mark(160) // held: t.mu; pending: unlock u.mu*, lock u.mu*
	u.mu.Unlock()
	mark(161) // held: none; released: u.mu
	u.mu.Lock()
	mark(162) // held: u.mu; only: unlock t.mu*
	t.mu.Unlock()
}

//go:noinline
func loop(t, u *T, n int) {
	for i := range t.many {
		mark(170) // held: none; released: none; pending: lock any
		t.many[i].Lock()
		mark(171) // held: ?; released: none; pending: unlock ?*, lock any
		t.many[i].Unlock()
		mark(172) // held: none; released: none; pending: lock any
	}
	for p := t; p != nil; p = p.next {
		p.mu.Lock()
		mark(173) // held: ?; only: unlock ?*, lock any
		p.mu.Unlock()
		mark(174) // held: none; released: none; only: lock any
	}
}

// All are locked before the first is unlocked: which ones is not known.
//
//go:noinline
func loopHeld(t, u *T, n int) {
	for p := t; p != nil; p = p.next {
		p.mu.Lock()
		mark(180) // held: ?; perhaps: any; only: lock any, unlock any
	}
	mark(181) // held: none; perhaps: any; only: unlock any
	for p := t; p != nil; p = p.next {
		p.mu.Unlock()
		mark(182) // held: none; released: ?, any; only: unlock any
	}
}

//go:noinline
func embedded(t, u *T, n int) {
	t.Lock()
	mark(190) // held: t.E; only: unlock t.E*
	t.Unlock()
	mark(191) // held: none; only: none
}

//go:noinline
func element(t, u *T, n int) {
	t.many[2].Lock()
	mark(200) // held: t.many[2]; pending: unlock t.many[2]*
	t.many[2].Unlock()
	t.many[n&3].Lock()
	mark(201) // held: ?; only: unlock ?*
	t.many[n&3].Unlock()
	mark(202) // held: none; only: none
}

//go:noinline
func variable(t, u *T, n int) {
	global.Lock()
	mark(210) // held: global; only: unlock global*
	global.Unlock()
	mark(211) // held: none; only: none
}

//go:noinline
func throughVariable(t, u *T, n int) {
	globals.mu.Lock()
	mark(220) // held: globals.mu; only: unlock globals.mu*
	globals.mu.Unlock()
	mark(221) // held: none; only: none
}

//go:noinline
func cond(t, u *T, n int) {
	t.mu.Lock()
	for t.n == 5 {
		t.c.Wait()
		mark(230) // held: t.mu; pending: cwait t.c, unlock t.mu*, signal t.c*
	}
	mark(231) // held: t.mu; only: unlock t.mu*, signal t.c*
	t.mu.Unlock()
	t.c.Signal()
	t.c.Broadcast()
}

//go:noinline
func channels(t, u *T, n int) {
	if n != 7 {
		return
	}
	mark(240) // pending: send t.ch*, recv t.ch*, close t.ch
	t.ch <- 1
	<-t.ch
	mark(241) // only: recv t.ch*, close t.ch, trysend t.ch, casesend t.ch, caserecv u.ch
	if _, ok := <-t.ch; ok {
		close(t.ch)
	}
	select {
	case t.ch <- 3:
	default:
	}
	select {
	case t.ch <- 4:
		mark(242) // only: none
	case <-u.ch:
		mark(243) // only: none
	}
	mark(244) // only: none
}

//go:noinline
func group(t, u *T, n int) {
	t.wg.Add(1)
	mark(250) // only: done t.wg*, gwait t.wg*
	t.wg.Done()
	mark(251) // only: gwait t.wg*
	t.wg.Wait()
}

//go:noinline
func once(t, u *T, n int) {
	t.once.Do(func() {
		mark(260) // held: none
	})
	t.mu.Lock()
	t.once.Do(t.mu.Unlock)
	mark(261) // held: t.mu -- an indirect call is not known to release it
}

//go:noinline
func closures(t, u *T, n int) {
	t.mu.Lock()
	f := func() {
		mark(270) // held: none; only: unlock captured.mu*
		t.mu.Unlock()
		mark(271) // held: none; released: captured.mu; only: none
	}
	call(f)
}

//go:noinline
func call(f func()) { f() }

// A lock of one's own is not a Mutex.
//
//go:noinline
func spin(t, u *T, n int) {
	var word atomic.Int32
	for !word.CompareAndSwap(0, 1) {
		mark(280) // held: none; only: none
	}
	mark(281) // held: none; only: none
	word.Add(-1)
	mark(282) // held: none; only: none
}

//go:noinline
func panics(t, u *T, n int) {
	t.mu.Lock()
	if n == 5 {
		mark(290) // held: t.mu; only: none
		panic("never")
	}
	mark(291) // held: t.mu; only: unlock t.mu*
	t.mu.Unlock()
}

//go:noinline
func forever(t, u *T, n int) {
	if n != 5 {
		return
	}
	t.mu.Lock()
	for {
		mark(300) // held: t.mu; only: none
	}
}

// The next operation on the lock is not a release.
//
//go:noinline
func order(t, u *T, n int) {
	mark(310) // held: none; only: lock t.mu*, lock u.mu*
	t.mu.Lock()
	mark(311) // held: t.mu; pending: unlock t.mu*, lock t.mu*
	t.mu.Unlock()
	mark(312) // held: none; only: lock t.mu*, lock u.mu*
	t.mu.Lock()
	t.mu.Unlock()
	u.mu.Lock()
	if n == 9 {
		u.mu.Unlock()
		mark(313) // held: none; only: lock u.mu*
		u.mu.Lock()
	}
	mark(314) // held: u.mu; only: unlock u.mu*
	u.mu.Unlock()
}

//go:noinline
func deferredTwo(t, u *T, n int) {
	defer mark(320)
	t.mu.Lock()
	defer t.mu.Unlock()
	u.rw.RLock()
	defer u.rw.RUnlock()
	mark(321) // held: t.mu, rlock u.rw; only: none
}

//go:noinline
func interfaces(t, u *T, n int) {
	lockLocker(&t.mu)
}

//go:noinline
func lockLocker(l sync.Locker) {
	l.Lock()
	mark(330) // held: method l.Lock; only: method l.Unlock* -- what they do is not known
	l.Unlock()
}

//go:noinline
func deferredClosure(t, u *T, n int) {
	t.mu.Lock()
	defer func() {
		mark(340) // held: none; only: unlock captured.mu*
		t.mu.Unlock()
	}()
	mark(341) // held: t.mu; only: none
}

//go:noinline
func deferredInLoop(t, u *T, n int) {
	for i := 0; i < n; i++ {
		t.many[i].Lock()
		defer t.many[i].Unlock()
		mark(350) // held: ?; perhaps: any; only: lock t.some
	}
	mark(351) // held: none; perhaps: ?, any; only: none
}

//go:noinline
func elements(t, u *T, n int, list []chan int, m map[int]chan int) {
	mark(352) // only: send list.some, send m.mapped
	list[n] <- 1
	mark(353) // only: send m.mapped
	m[n] <- 2
	mark(354) // only: none
}

//go:noinline
func (t *T) balanced() {
	t.mu.Lock()
	defer t.mu.Unlock()
	mark(360) // held: t.mu; only: none
}

// The helper releases what it takes.
//
//go:noinline
func takesAndDefers(t, u *T, n int) {
	t.balanced()
	mark(361) // held: none; perhaps: none; only: none
}

// The pointer that was locked is replaced.
//
//go:noinline
func swaps(t, u *T, n int) {
	p := t
	p.mu.Lock()
	mark(370) // held: t.mu; only: unlock t.mu*, lock u.mu*
	p = u
	mark(371) // held: t.mu; only: unlock t.mu*, lock u.mu*
	t.mu.Unlock()
	p.mu.Lock()
	mark(372) // held: u.mu; only: unlock u.mu*
	p.mu.Unlock()
}

//go:noinline
func (t *T) takeIf(n int) bool {
	if n == 3 {
		t.mu.Lock()
		return true
	}
	return false
}

//go:noinline
func conditional(t, u *T, n int) {
	taken := t.takeIf(n)
	mark(380) // held: none; perhaps: t.mu; only: unlock t.mu
	if taken {
		t.mu.Unlock()
	}
	mark(381) // held: none; only: none
}

//go:noinline
func wlocked(t, u *T, n int) {
	t.rw.Lock()
	defer t.rw.Unlock()
	mark(390) // held: wlock t.rw; only: none
}

//go:noinline
func (t *T) scoped() func() {
	t.mu.Lock()
	return t.mu.Unlock
}

//go:noinline
func returnsUnlock(t, u *T, n int) {
	defer t.scoped()()
	mark(400) // held: t.mu; only: none
}

//go:noinline
func doneGroup(t, u *T, n int) {
	t.wg.Add(1)
	t.wg.Go(func() {
		mark(410) // held: none
	})
	defer t.wg.Done()
	mark(411) // held: none
}

//go:noinline
func selfLock(t, u *T, n int) {
	t.mu.Lock()
	if n == 77 {
		t.take() // during: held t.mu
	}
	mark(420) // held: t.mu; only: unlock t.mu*
	t.mu.Unlock()
}

//go:noinline
func (t *T) dropNext() { t.next.mu.Unlock() }

// The helper's lock may be the one that is held.
//
//go:noinline
func aliased(t, u *T, n int) {
	t.mu.Lock()
	mark(430) // held: t.mu; only: unlock u.next.mu*, unlock t.mu*
	u.dropNext()
	mark(431) // held: none
	t.mu.Unlock()
}

//go:noinline
func (t *T) half(n int) {
	t.mu.Lock()
	if n == 3 {
		t.mu.Unlock()
		return
	}
	t.n++
}

//go:noinline
func halves(t, u *T, n int) {
	t.half(n)
	mark(440) // held: none; perhaps: t.mu; only: none
}

//go:noinline
func dropPool(n int) {
	pool[n&3].mu.Unlock()
}

// The helper releases some lock.
//
//go:noinline
func dropsSome(t, u *T, n int) {
	t.mu.Lock()
	mark(450) // held: t.mu; only: unlock any, unlock t.mu*
	dropPool(n)
	mark(451) // held: none; released: any; only: unlock t.mu*
	t.mu.Unlock()
}

// Only the objects of the first iteration are known.
//
//go:noinline
func drain(t, u *T, n int) {
	for p := t; p != nil; p = p.next {
		mark(460) // only: send ?*, send any
		p.ch <- 1
		mark(461) // only: send any
	}
}

//go:noinline
func (t *T) finish() {
	defer t.mu.Unlock()
	mark(470) // held: none; only: none
}

// The helper's deferred call releases the lock.
//
//go:noinline
func finishes(t, u *T, n int) {
	t.mu.Lock()
	t.finish()
	mark(471) // held: none; released: none; only: none
}

// A method of an interface is no deferred closure.
//
//go:noinline
func callsMethod(t, u *T, n int, l sync.Locker) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l.Lock()
	mark(480) // held: t.mu, method m.Lock; only: method m.Unlock*
	l.Unlock()
	mark(481) // held: t.mu, method m.Unlock; only: none
}

// A call of another method may undo what the one before did.
//
//go:noinline
func callsMethods(t, u *T, n int, m, o sync.Locker) {
	m.Lock()
	mark(482) // held: method m.Lock; only: method o.Lock*
	o.Lock()
	mark(483) // held: method o.Lock; only: none
}

//go:noinline
func callsClosure(t, u *T, n int, f func()) {
	t.mu.Lock()
	mark(484) // held: t.mu; only: closure f*, unlock t.mu*
	f()
	mark(485) // held: t.mu; only: unlock t.mu*
	t.mu.Unlock()
}

//go:noinline
func deferredSometimes(t, u *T, n int) {
	t.mu.Lock()
	if n == 3 {
		defer t.mu.Unlock()
	}
	mark(490) // held: t.mu; only: none
}

//go:noinline
func deferredStatic(t, u *T, n int) {
	global.Lock()
	defer func() {
		mark(500) // held: none; only: unlock global*
		global.Unlock()
	}()
	mark(501) // held: global; only: none
}

//go:noinline
func finishGlobal() {
	defer func() {
		global.Unlock()
		mark(510) // held: none; released: global
	}()
	change(1)
}

//go:noinline
func finishesGlobal(t, u *T, n int) {
	global.Lock()
	finishGlobal()
	mark(511) // held: none; released: none; only: none
}

//go:noinline
func change(n int) int { return n * 3 }

//go:noinline
func (t *T) finishIf(n int) {
	if n == 3 {
		defer t.mu.Unlock()
	}
	mark(520) // held: none; only: none
}

// The helper may release the lock.
//
//go:noinline
func mayFinish(t, u *T, n int) {
	t.mu.Lock()
	t.finishIf(n)
	mark(521) // held: none; released: any
}

//go:noinline
func (t *T) finishAll(n int) {
	for i := 0; i < n; i++ {
		defer t.mu.Unlock()
	}
}

//go:noinline
func mayFinishAll(t, u *T, n int) {
	t.mu.Lock()
	t.finishAll(n)
	mark(530) // held: none; released: any
}
