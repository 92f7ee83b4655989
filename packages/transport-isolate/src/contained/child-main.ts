/**
 * The program of a child process that holds an isolate.
 *
 * Its one thread of JavaScript carries batches between the parent's pipes and the isolate and never waits for the guest, which
 * always runs on a pool thread: so it hears at once that the parent is gone, whatever the guest is doing, and ends.
 */
import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import {
  type Batch,
  type BatchReceiver,
  type CloseReason,
  expose,
  type Remote,
} from '@farhold/core'
import { IsolateHeap } from '../guest-heap.ts'
import type { ChildRoot, ParentRoot } from './child-roots.ts'
import { encodeFrame, type Frame, FrameReader, Kind } from './frames.ts'

/** Where the pipes are. */
const Descriptor = { input: 3, output: 4 } as const

/** Ends this process, whatever its threads are doing. */
function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

/** Writes a frame. While the parent does not take what was sent before, this waits, and the guest with it. */
function write(frame: Frame): void {
  const bytes = encodeFrame(frame)
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(Descriptor.output, bytes, at)
  } catch {
    die() // there is no parent to write to
  }
}

function send(kind: Kind, { body, moved }: Batch): void {
  const text = body as string // both sessions speak the text codec
  write({ kind, number: 0, text, buffers: moved as readonly ArrayBuffer[] })
}

let heap: IsolateHeap | undefined
let control: BatchReceiver | undefined
/** Batches for the guest so far. */
let taken = 0
/** Does someone block until the guest has done what it can? */
let isAwaited = false

const root: ChildRoot = {
  start(plan) {
    // A thread that does not end is the parent's business: it ends the process.
    const made = new IsolateHeap(plan, parent, () => () => undefined)
    made.transport.open({
      deliver: (batch) => send(Kind.guest, batch),
      // The guest that asks goes to sleep until it is answered.
      serve: (batch) => {
        send(Kind.guest, batch)
        return undefined
      },
      closed: ({ kind, error }: CloseReason) => {
        parent.ended({ kind, error })
      },
    })
    made.transport.onRest = sayRest
    heap = made
  },
  async evaluate(wanted, key, handed) {
    if (heap === undefined) throw new Error('the isolate has not been made')
    await heap.evaluate(wanted, key, handed)
  },
}

const parent = expose(
  root,
  {
    codec: 'text',
    open: (receiver) => {
      control = receiver
    },
    post: (batch) => send(Kind.control, batch),
    close: die,
  },
  { name: 'child process' },
).remote as Remote<ParentRoot> // what the parent exposes

function sayRest(sleeps: boolean): void {
  if (!isAwaited) return
  isAwaited = false
  write({ kind: Kind.rest, number: taken, text: sleeps ? 'asleep' : '', buffers: [] })
}

function take({ kind, number, text, buffers }: Frame): void {
  const batch: Batch = { body: text, moved: buffers }
  switch (kind) {
    case Kind.control:
      control?.deliver(batch)
      break
    case Kind.guest:
      taken = (taken + 1) >>> 0 // as a frame can say it
      if (number !== 0) isAwaited = true
      heap?.transport.post(batch)
      break
    case Kind.rest:
      isAwaited = true
      heap?.transport.refuseSleeper()
  }
}

const reader = new FrameReader({ text: Infinity, buffers: Infinity })
new Socket({ fd: Descriptor.input, readable: true, writable: false })
  .on('data', (piece) => {
    for (const frame of reader.read(piece)) take(frame)
  })
  .on('error', die)
  .on('close', die)
