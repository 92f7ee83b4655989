/** Channels in types: an end is the same end in every context. */
import {
  type Channel,
  channel,
  type Receiver,
  type Remote,
  type Sender,
  type Sync,
} from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

interface Job {
  readonly id: number
  readonly reply: Sender<string>
}

interface Api {
  consume(jobs: Receiver<Job>): Promise<number>
  jobs(): Receiver<Job>
  readonly both: Channel<Job>
}

declare const api: Remote<Api>
declare const blocking: Sync<Api>
declare const jobs: Channel<Job>

test('the type of the items is given once', () => {
  expectTypeOf(channel<Job>()).toEqualTypeOf<Channel<Job>>()
  expectTypeOf(channel()).toEqualTypeOf<Channel<unknown>>()
  expectTypeOf(jobs.receiver.receive()).resolves.toEqualTypeOf<Job>()
  expectTypeOf(jobs.receiver.tryReceive()).toEqualTypeOf<Job | undefined>()
  expectTypeOf(jobs.receiver.receiveSync()).toEqualTypeOf<Job>()
  // @ts-expect-error: no job
  void jobs.sender.send({ id: '1' })
})

test('an end passes whole through every proxy', async () => {
  void api.consume(jobs.receiver)
  expectTypeOf(api.jobs()).resolves.toEqualTypeOf<Receiver<Job>>()
  expectTypeOf(api.both.sender).resolves.toEqualTypeOf<Sender<Job>>()
  expectTypeOf(blocking.jobs()).toEqualTypeOf<Receiver<Job>>()
  expectTypeOf(blocking.both.receiver).toEqualTypeOf<Receiver<Job>>()
  // @ts-expect-error: an end of another channel
  void api.consume(channel<string>().receiver)
})

test('who sends more special items may have the end of a more general channel', () => {
  expectTypeOf<Sender<unknown>>().toExtend<Sender<Job>>()
  expectTypeOf<Receiver<Job>>().toExtend<Receiver<unknown>>()
  expectTypeOf<Sender<Job>>().not.toExtend<Sender<unknown>>()
})

test('it can be iterated, asynchronously', async () => {
  for await (const job of jobs.receiver) expectTypeOf(job).toEqualTypeOf<Job>()
})
