/**
 * What an isolate cannot carry, because it has the language and nothing of a platform, and is bounded by its host.
 */
import { callerLimitCases } from './cases/limits.ts'
import type { Exception } from './harness.ts'

/** What code that uses streams fails with where there are none. */
const NO_STREAMS =
  /(Readable|Writable|Transform|Compression|TextEncoder)Stream is not defined|TextEncoder is not defined|(getWriter|getReader|cancel) is not a function/

/** Where the owner is in an isolate. */
export const OWNER_WITHOUT_PLATFORM: readonly Exception[] = [
  {
    because: 'a guest does not bound its host',
    failure: /instead of (rejected|throwing)|no more than may be held|some are refused/,
    cases: callerLimitCases
      .map(({ name }) => name)
      .filter((name) => !name.includes('many calls of one turn')),
  },
  {
    because: 'no array is so long that a guest may send it',
    failure: /past the limit "keys" of 1000000/,
    cases: ['value: longest sparse array'],
  },
  {
    because: 'a bare isolate has no URL',
    failure: /a URL cannot be made in context "guest"/,
    cases: ['value: URL'],
  },
  {
    because: 'a bare isolate has no AbortController, so its code makes no signals',
    failure: /AbortController is not defined/,
    cases: ['signals: a signal in a result'],
  },
  {
    because: 'a bare isolate has no streams: it gets iterables, and objects with write and close',
    failure: NO_STREAMS,
    cases: [
      'streams: a readable stream of the owner',
      'streams: a writable stream in an argument',
      'streams: a writable stream of the owner',
      'stopping a stream: no more is made than may be under way, from the owner',
      'stopping a stream: the reason for cancelling arrives here',
      'stopping a stream: one that was never read is cancelled too',
      'stopping a stream: a sink that is slow is waited for',
      'stopping a stream: the reason for aborting arrives at the sink',
      'stopping a stream: a chunk that cannot cross aborts the sink',
      'writing: chunks arrive in order, and closing waits for the sink',
      'writing: chunks that are not waited for arrive in order',
      'writing: a stream that is closed without a chunk',
      'writing: a sink that waits stops the writer when as many are under way as may be',
      'writing: closing fails with the error of the sink',
      'writing: a sink that fails fails what waits and what follows',
      'writing: a sink that fails by itself is heard of here',
      'writing: aborting waits for no chunk that is not taken',
      'writing: aborting before anything is written',
      'writing: what it is aborted with cannot cross',
      'writing: after a chunk that cannot cross nothing is written',
      'writing: chunks may be functions and proxies',
      'writing: it is the same stream each time it comes',
      'writing: one that was not begun is free when it is given back',
      'writing: one that is closed is given back, and nothing of it is left',
      'transform streams: of the owner, in the middle',
      'transform streams: of ours, in an argument',
      'transform streams: that fails, fails at both ends',
      'transform streams: that compresses gives the same bytes',
      'transform streams: of text',
      'transform streams: are passed on as what they are',
      'transform streams: that are not begun are free when they are given back',
      'streams of bytes: of the owner are read into the buffers of the reader',
      'streams of bytes: of ours are read into the buffers of the reader',
      'streams of bytes: come as they are to who brings no buffers',
      'streams of bytes: that are written are copied, unless they are transferred',
    ],
  },
  {
    because: 'a bare isolate does not follow asynchronous work',
    failure: /\[1\] is false, not true/,
    cases: ['current call: is known in all that a method awaits'],
  },
  {
    because: 'a bare isolate has no DOMException, so its code throws none',
    failure: /DOMException is not defined|the value is "\[object Error\]"/,
    cases: [
      'errors: the name and the message of a DOMException',
      'errors: the class of a DOMException',
    ],
  },
]

/** Where the code that uses the owner is in an isolate. */
export const USER_WITHOUT_PLATFORM: readonly Exception[] = [
  {
    because: 'a guest does not bound its host',
    failure: /instead of rejected|"messageSize" of 100000/,
    cases: [
      'limits of an answer: keys',
      'limits of an answer: messageSize',
      'limits of an answer: messageSize: the error names the call',
      'limits of an answer: messageSize of an item',
      'limits of an answer: messageSize of an error',
      'limits of an answer: messageSize: a promise that settles with too much',
      'limits of an answer: promises',
    ],
  },
  {
    because: 'no array is so long that a guest may send it',
    failure: /past the limit "keys" of 1000000/,
    cases: ['value: longest sparse array'],
  },
  {
    because: 'code in a guest is not told the counts of its session',
    failure: /no stats/,
    cases: [
      'reading: a nested path is one message',
      'reading: navigation alone sends nothing',
      'a Remote is harmless: as text, in JSON, in a container that is awaited: nothing is sent',
      'pipelining: a chain of dependent calls is one round trip',
      'pipelining: a chain through new',
      'pipelining: a result is an argument before it arrives',
      'batching: all calls of one turn leave together',
      'batching: calls, reads and writes of one turn leave together',
      'cancelling: nothing is left pending, on either side',
      'limits in stats: what is used, what may be used, and what was refused',
      'writing: one that is closed is given back, and nothing of it is left',
      'crossings: JSON.stringify is one, and so is a snapshot',
      'crossings: a method of a class is one, and what cannot be there is none',
    ],
  },
  {
    because: 'code in a guest cannot listen to onError of its session',
    failure: /no reported errors/,
    cases: [
      'writing: a write that fails is reported to onError',
      'released hook: that fails is reported',
    ],
  },
  {
    because: 'a bare isolate has no URL',
    failure: /URL is not defined/,
    cases: ['value: URL'],
  },
  {
    because: 'a bare isolate has no AbortController, so its code makes no signals',
    failure: /AbortController is not defined/,
    cases: [
      'signals: a signal is aborted there when it is aborted here',
      'signals: its listeners are told',
      'signals: a signal that is aborted already',
      'signals: a signal that is aborted in the same turn',
      'cancelling: the reason of an AbortController that gives none',
      'channels: a wait ends when its signal fires, and no item is lost by it',
    ],
  },
  {
    because: 'a bare isolate has no timers, so code in a guest cannot limit the time of its calls',
    failure: /setTimeout is not defined/,
    cases: [
      'timeouts: a call that takes longer rejects, and its owner is told',
      'timeouts: a chain',
      'timeouts: harm no neighbour',
      'timeouts: the first of a signal and a timeout decides',
      'timeouts: between the items of an iteration',
      'locks: a timeout ends a wait',
      'channels: a wait ends after its timeout',
    ],
  },
  {
    because: 'a bare isolate does not follow asynchronous work: a scope ends at the first await',
    failure: /the value is 0, not 1|it gives a function instead of throwing/,
    cases: [
      'scope: what is received after an await is released too',
      'scope: nested scopes end with what is theirs',
    ],
  },
  {
    because: 'code in a guest opens no sessions of its own',
    failure: /FinalizationRegistry is not defined/,
    cases: [
      'released: one of two sessions gives it up, and the other goes on',
      'released hook: runs once, when the last of two sessions has given it up',
      'released hook: runs when the last peer that held it is gone',
    ],
  },
  {
    because: 'a bare isolate has no streams: it gets iterables, and objects with write and close',
    failure: NO_STREAMS,
    cases: [
      'streams: a readable stream in an argument',
      'streams: a readable stream that fails',
      'streams: a writable stream in an argument',
      'streams: a writable stream of the owner',
      'stopping a stream: no more is made than may be under way, from the owner',
      'stopping a stream: no more is made than may be under way, from here',
      'stopping a stream: the reason for cancelling arrives here',
      'stopping a stream: one that was never read is cancelled too',
      'stopping a stream: a chunk that cannot cross fails it and cancels its source',
      'stopping a stream: a stream that was refused can be read here',
      'stopping a stream: a sink that is slow is waited for',
      'stopping a stream: the reason for aborting arrives at the sink',
      'stopping a stream: a chunk that cannot cross aborts the sink',
      'writing: a stream of ours is written to there',
      'writing: a stream of ours that fails fails who writes there',
      'transform streams: of the owner, in the middle',
      'transform streams: of ours, in an argument',
      'transform streams: that fails, fails at both ends',
      'transform streams: that compresses gives the same bytes',
      'transform streams: of text',
      'transform streams: are passed on as what they are',
      'streams of bytes: of the owner are read into the buffers of the reader',
      'streams of bytes: of ours are read into the buffers of the reader',
      'streams of bytes: leave the rest of a larger buffer where it is',
      'streams of bytes: that are no streams of bytes leave their chunks to their owner',
    ],
  },
  {
    because: 'a bare isolate has no DOMException: one of the host arrives as an Error of that name',
    failure: /the value is "\[object Error\]"/,
    cases: ['errors: the class of a DOMException'],
  },
]
