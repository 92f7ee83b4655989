import { CallTimeoutError, FarholdError, release } from '@farhold/core'
import { Eta } from 'eta/core'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../run-program.ts'
import { createEngine, spawnEta } from './engine.ts'

function errorOf(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return expect.unreachable('it should have thrown')
}

describe('the program', () => {
  it('does its work, and ends by itself', async () => {
    const { stdout, stderr, code } = await runProgram(new URL('./main.ts', import.meta.url))

    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toBe(`<title>Notes of Tea &amp; Honey</title>
<h1>Notes of Tea &amp; Honey</h1>
<ul>
  <li>Prices are in &lt;cents&gt; (<a href="https://example.org/issues/12">#12</a>)</li>
  <li>Honey is sold out (<a href="https://example.org/issues/15">#15</a>)</li>
</ul>
<pre><b>const</b> answer = 6 * 7</pre>

Tea is 4.
The stock was asked 1 time.
"it" is what templates call their data.
Now it is: Tea &amp; Honey.
Hello, Emma! Hello, Ulysses!
forever: FARHOLD_CALL_TIMEOUT
secrets: there is no template "../../package.json"
overwrite: FARHOLD_UNPROTECTED
escape: no way out
missing: there is no template "missing"
And after that: Hello, Emma!
`)
  })
})

describe('the library in an isolate', () => {
  it('renders as it does here', async () => {
    await using context = await spawnEta()
    const there = createEngine(context)
    const here = new Eta()
    const template = '<% for (const [key, value] of it.map) { %><%= key %>: <%= value %>;<% } %>'
    const data = { map: new Map([['<a>', 1n]]) }

    expect(there.renderString(template, data)).toBe(here.renderString(template, data))
    const mistake = '<% if %>'
    expect((errorOf(() => there.renderString(mistake, {})) as Error).name).toBe(
      (errorOf(() => here.renderString(mistake, {})) as Error).name,
    )
  })

  it('keeps what it was told apart by engine, and as long as it is held', async () => {
    await using context = await spawnEta()
    const [first, second] = [createEngine(context), createEngine(context)]
    first.configure({ autoEscape: false })
    first.loadTemplate('@hello', 'Hello, <%= it.name %>!')

    expect(first.render('@hello', { name: '<Emma>' })).toBe('Hello, <Emma>!')
    expect(first.config.autoEscape).toBe(false)
    expect(second.config.autoEscape).toBe(true)
    expect((errorOf(() => second.render('@hello', {})) as Error).name).toBe(
      'EtaNameResolution Error',
    )

    release(first)
    expect(errorOf(() => first.render('@hello', {}))).toHaveProperty('code', 'FARHOLD_RELEASED')
    expect(second.renderString('still here', {})).toBe('still here')
  })

  it('is stopped when it runs too long, also while it calls the host', async () => {
    await using context = await spawnEta()
    const eta = createEngine(context)
    let calls = 0
    const endless = '<% for (;;) it.count() %>'

    expect(errorOf(() => eta.render('forever', {}))).toBeInstanceOf(CallTimeoutError)
    expect(errorOf(() => eta.renderString(endless, { count: () => ++calls }))).toBeInstanceOf(
      CallTimeoutError,
    )
    expect(calls).toBeGreaterThan(0)
    expect(eta.renderString('<%= 6 * 7 %>', {})).toBe('42')
  })

  it('shares the built-ins of its isolate, and no others', async () => {
    await using context = await spawnEta()
    await using other = await spawnEta()
    const eta = createEngine(context)

    eta.renderString('<% String.prototype.trim = () => "replaced" %>', {})
    expect(eta.renderString('<%= " a ".trim() %>', {})).toBe('replaced')
    expect(' a '.trim()).toBe('a')
    expect(createEngine(other).renderString('<%= " a ".trim() %>', {})).toBe('a')

    // A template can break what the runtime there works with: its calls fail, and this thread and other isolates go on.
    const breaking = '<% Array.prototype.join = () => "?" %>'
    expect(errorOf(() => eta.renderString(breaking, {}))).toBeInstanceOf(FarholdError)
    expect(createEngine(other).renderString('<%= [1, 2].join() %>', {})).toBe('1,2')
  })

  it('asks for templates by their names and gets no other files', async () => {
    await using context = await spawnEta()
    const eta = createEngine(context)

    for (const name of ['../main', '/etc/passwd', 'C:\\secrets', '']) {
      const source = `<%~ include(${JSON.stringify(name)}) %>`
      expect(errorOf(() => eta.renderString(source, {}))).toMatchObject({
        message: `there is no template "${name}"`,
      })
    }
    const direct = '<%= this.readFile("../main.ts") %>'
    expect(errorOf(() => eta.renderString(direct, {}))).toMatchObject({
      message: 'there is no file "../main.ts"',
    })
  })
})
