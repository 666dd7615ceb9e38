// node demo.mjs PATH/sandbox.json
// Runs what two authorities do with the exchange, and verifies all that comes back. One JSON line for each step; exits
// 1 if anything does not verify or is not as expected. May be run again and again against the same hub.

import { readFileSync } from 'node:fs'
import { createPrivateKey, createPublicKey, randomBytes, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { SDJwtInstance } from '@sd-jwt/core'
import { Client } from './client.mjs'
import { identity, now, sandboxToken, sha256, uuid7, verifyNotice } from './wire.mjs'

const sandbox = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const authority = (slug) => sandbox.authorities.find(({ id }) => id === `urn:asylum-exchange:authority:${slug}`)
// In a real exchange these keys come from their authorities, over a second channel; a sandbox has all in one file.
const keyOf = (iss) => sandbox.authorities.find(({ id }) => id === iss).keys.notice
const client = (slug) => new Client(sandbox, authority(slug), keyOf)

const sk = client('sk-border')
const skReturn = client('sk-return')
const skAsylum = client('sk-asylum')
const ua = client('ua-asylum')
const pl = client('pl-asylum')

const today = new Date().toISOString().slice(0, 10)
const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)

function expect(holds, what) {
  if (!holds) throw new Error(`expected ${what}`)
}

async function step(name, run) {
  try {
    console.log(JSON.stringify({ step: name, ok: true, ...(await run()) }))
  } catch (error) {
    console.log(JSON.stringify({ step: name, ok: false, error: `${error.name}: ${error.message}` }))
    process.exit(1) // later steps build on this one
  }
}

// A person of Syria: no addressee is a state that the person fled from.
const person = `demo-${Date.now()}`
// Every type that a record with two names, a birth date and a document would have: one type alone links nothing. What stands before HMAC is the token service's affair, here any text of the person.
const TYPES = ['C1D', 'C1MD', 'C2D', 'C2MD', 'C2Y', 'DOB', 'DOC', 'DOCE', 'F2Y', 'V1D', 'V2Y', 'W2Y', 'X1D', 'X2Y']
const tokens = TYPES.map((type) => sandboxToken(sandbox.token_key, type, person))
const hub = (caseNo, aud) => ({
  subject: { nationality: ['SYR'], origin: ['SYR'] },
  tokens: { profile: 'N1', keyset: 'sandbox', values: tokens },
  case: caseNo,
  aud: aud.map((one) => one.iss),
  source: 'own_act',
  purpose: 'examining_the_application',
  legal_basis: 'ammr_51',
  // Slovakia is in the Union, Ukraine is not: without this the notice would not be delivered there.
  transfer: { basis: 'gdpr_49_1_f_vital_interests', necessity: ['prevent_refoulement'] },
})
const skCase = `SK-${person}`
const uaCase = `UA-${person}`
const encounter = {
  hub: hub(skCase, [ua]),
  event: { kind: 'encounter', event_time: today, state: 'SVK', reference: 'SK/1' },
  facts: {
    circumstances: 'irregular_entry', interview_held: 'yes', fear_asked: 'yes', fear_answer: 'yes',
    language_understood: 'yes', relayed_interpreting: 'no', minor_check: 'not_recorded',
  },
  safeguards: { codes: ['torture_survivor'] },
}

// @sd-jwt/core has no part in client.mjs, so it may say whether what we issue and read is an SD-JWT for others.
async function outside(notice, jwk) {
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const verifier = async (data, signature) => verifyBytes(null, Buffer.from(data), key, Buffer.from(signature, 'base64url'))
  const { payload } = await new SDJwtInstance({ hasher: (data) => sha256(data), hashAlg: 'sha-256', verifier }).verify(notice)
  return payload
}

// Waits until something in the inbox is wanted; `after` is where this run began to look.
async function waitFor(reader, wanted) {
  const until = Date.now() + 60_000
  let after = 0
  while (Date.now() < until) {
    for await (const item of reader.inbox(after, 10)) {
      after = item.seq
      const found = await wanted(item)
      if (found !== undefined) return found
    }
  }
  throw new Error('nothing came in 60 s')
}
const is = (item, id) => item.type === 'notice' && JSON.parse(Buffer.from(item.notice.split('.')[1], 'base64url')).id === id

let place, first, firstReceipt, plan, opened, acknowledged

await step('self', async () => {
  const self = await sk.self()
  place = self.sequence
  expect(self.iss === sk.iss, 'our own name')
  return { iss: self.iss, seq: place.seq, clock_differs: self.time - Math.floor(Date.now() / 1000) }
})

await step('post a notice', async () => {
  first = await sk.write(place, encounter)
  const whole = await verifyNotice(first.envelope.notice, sandbox.ex, keyOf(sk.iss), { whole: true })
  const others = await outside(first.envelope.notice, keyOf(sk.iss))
  expect(JSON.stringify(others.facts) === JSON.stringify(whole.parts.facts), 'that @sd-jwt/core reads the same')
  firstReceipt = await sk.post(first.envelope)
  expect(firstReceipt.status === 201, '201')
  place = first.place
  return { id: first.id, status: firstReceipt.status, leaf: firstReceipt.says.leaf.index, read_by_sd_jwt_core: true }
})

// The same the other way round: the package issues (its salts made ours, two decoys for two absent parts), the hub takes it.
await step('post a notice that @sd-jwt/core issued', async () => {
  const key = createPrivateKey({ key: sk.authority.keys.notice, format: 'jwk' })
  const issuer = new SDJwtInstance({
    hasher: (data) => sha256(data),
    hashAlg: 'sha-256',
    saltGenerator: () => randomBytes(32).toString('base64url'),
    signAlg: 'Ed25519',
    signer: async (data) => signBytes(null, Buffer.from(data), key).toString('base64url'),
  })
  const { event, facts } = encounter
  const claims = { v: 1, ex: sandbox.ex, id: uuid7(), iss: sk.iss, iat: now(), event, facts }
  claims.hub = { ...encounter.hub, seq: place.seq + 1, prev: place.prev }
  const header = { typ: 'asylum-exchange-notice+sd-jwt', kid: sk.authority.keys.notice.kid }
  const notice = await issuer.issue(claims, { _sd: ['hub', 'event', 'facts'], _sd_decoy: 2 }, { header })
  const { status, says } = await sk.post({ notice })
  expect(status === 201, '201')
  place = { seq: place.seq + 1, prev: identity(notice) }
  return { id: claims.id, status, leaf: says.leaf.index }
})

await step('post a batch of 20, one of them bad', async () => {
  const envelopes = []
  const bad = 10
  for (let i = 0; i < 20; i += 1) {
    const facts = i === bad ? { ...encounter.facts, surprise: 'yes' } : encounter.facts
    const written = await sk.write(place, { ...encounter, facts })
    if (i !== bad) place = written.place // a refused notice takes no number
    envelopes.push(written.envelope)
  }
  const told = await sk.postBatch(envelopes)
  const fine = told.filter(({ status }) => status === 201)
  expect(fine.length === 19 && told[bad].code === 'bad-schema', '19 receipts and one bad-schema')
  expect(fine.every(({ says }) => says.leaf.batch), 'a path in each receipt')
  expect((await sk.self()).sequence.prev === place.prev, 'that the hub has our last notice as its last')
  return { receipts: fine.length, bad: told[bad].code, sizes: [...new Set(fine.map(({ says }) => says.leaf.batch.size))] }
})

await step('read why it was refused', async () => {
  let [after, last] = [0]
  for (;;) {
    const { items, next } = await sk.get(`/v1/quarantine?after=${after}`)
    if (items.length === 0) break
    last = items.at(-1)
    after = next
  }
  expect(last.code === 'bad-schema' && last.entry === 10, 'the bad notice of the batch')
  return { code: last.code, entry: last.entry, detail: last.detail }
})

await step('seal and post a removal plan', async () => {
  const own = await skReturn.self()
  plan = await skReturn.write(own.sequence, {
    hub: { ...hub(skCase, [ua, pl]), purpose: 'implementing_a_return_decision' },
    event: { kind: 'removal_planned', event_time: today, state: 'SVK', counterpart_state: 'UKR' },
    facts: {
      means: 'land', escort: 'yes', health_form: 'yes', cancelled: 'no', destination: 'UKR', planned_at: inAWeek,
    },
    texts: [{
      person: { names: [{ written: 'Приклад Марія', script: 'Cyrl', romanisation: 'ukr_kmu_55' }], sex: 'F' },
      narrative: 'An example. She says that she was beaten at the border.',
    }],
    sealFor: [ua, pl].map((one) => one.authority.keys.seal),
  })
  const { status, says } = await skReturn.post(plan.envelope)
  expect(status === 201 && says.held === undefined, '201 and nobody held')
  return { id: plan.id, status, leaf: says.leaf.index, sealed_bytes: plan.envelope.sealed[0].length }
})

for (const reader of [ua, pl]) {
  await step(`open it as ${reader.iss.split(':').at(-1)}`, async () => {
    const item = await waitFor(reader, async (one) => (is(one, plan.id) ? one : undefined))
    const read = await reader.read(item)
    expect(read.parts.hub === undefined, 'that the hub part is not relayed')
    expect(identity(item.notice) === identity(plan.envelope.notice), 'the notice that was sent')
    expect(read.texts[0]?.text?.person.names[0].written === 'Приклад Марія', 'the text that was sealed')
    await outside(item.notice, keyOf(read.payload.iss))
    opened = read.texts[0].pt_sha256
    return { seq: item.seq, parts: Object.keys(read.parts), view: read.view ?? null, narrative: read.texts[0].text.narrative }
  })
}

await step('acknowledge as ua-asylum', async () => {
  acknowledged = await ua.acknowledge({ iss: skReturn.iss, id: plan.id }, 'opened', { pt_sha256: opened })
  expect(acknowledged.status === 201, '201')
  return { status: acknowledged.status, leaf: acknowledged.says.leaf.index }
})

await step('read the acknowledgement as sk-return', async () => {
  const says = await waitFor(skReturn, async ({ type, jws }) => {
    if (type !== 'acknowledgement') return undefined
    const one = await skReturn.readAcknowledgement(jws)
    return one.notice.id === plan.id ? one : undefined
  })
  expect(says.iss === ua.iss && says.state === 'opened' && says.pt_sha256 === opened, 'opened, by ua-asylum')
  return { by: says.iss, state: says.state, pt_sha256: says.pt_sha256 }
})

await step('read notices back', async () => {
  const own = await skReturn.notice(skReturn.iss, plan.id)
  expect(own.notice === plan.envelope.notice, 'the whole notice, as sent')
  expect(own.sealed?.[0] === plan.envelope.sealed[0], 'the sealed text, as sent')
  expect(own.acknowledgements.includes(acknowledged.jws), 'the acknowledgement')
  const theirs = await ua.read(await ua.notice(skReturn.iss, plan.id))
  expect(theirs.texts[0].pt_sha256 === opened, 'the same text for the addressee')
  let [ours, after] = [0, undefined]
  for (;;) {
    const { items, next } = await sk.get(`/v1/notices${after === undefined ? '' : `?after=${after}`}`)
    if (items.length === 0) break
    ours += items.length
    after = next
  }
  const { items } = await ua.get('/v1/notices?which=addressed')
  return { own_notices: ours, addressed_on_first_page: items.length }
})

await step('query as ua-asylum', async () => {
  const registered = await ua.write((await ua.self()).sequence, {
    hub: { ...hub(uaCase, []), source: 'persons_statement' },
    event: { kind: 'claim_registered', event_time: today, state: 'UKR' },
    facts: { previous_applications_known: 'not_recorded' },
  })
  expect((await ua.post(registered.envelope)).status === 201, '201')
  const started = Date.now()
  const answer = await ua.query({
    purpose: 'examining_the_application', legal_basis: 'ammr_51', case: uaCase, tokens,
  })
  expect(['mailbox', 'nothing_to_tell'].includes(answer.answer), 'an answer')
  const seconds = (Date.now() - started) / 1000
  if (answer.answer === 'nothing_to_tell') return { answer: answer.answer, words: answer.words, seconds }
  // The asylum office of the state that holds something is told in its inbox, under the same mailbox.
  const told = await waitFor(skAsylum, async ({ type, jws }) => {
    const word = type === 'word' ? await skAsylum.readWord(jws) : {}
    return word.mailbox === answer.mailbox ? word : undefined
  })
  expect(told.word === 'query' && told.asked_by === ua.iss, 'a word of the query')
  return { answer: answer.answer, mailbox: answer.mailbox, seconds, told_to: skAsylum.iss }
})

await step('send the first notice again', async () => {
  const again = await sk.post(first.envelope)
  expect(again.status === 200 && again.receipt === firstReceipt.receipt, '200 and the same receipt')
  return { status: again.status, same_receipt: true, sha256: again.says.sha256 }
})

await step('a request that is wrong on purpose', async () => {
  const answer = await sk.once('GET', '/v1/self', { signedTarget: `${sandbox.base_url}/v1/inbox` })
  const problem = JSON.parse(answer.body)
  expect(problem.code === 'wrong-target' && problem.signature_base.includes('/v1/self'), 'wrong-target and the base')
  return { status: answer.status, code: problem.code, detail: problem.detail }
})

await step('a notice for others', async () => {
  const { code } = await pl.notice(sk.iss, first.id).catch((error) => error)
  expect(code === 'not-found', `not-found for who is not addressed, not ${code}`)
  return { code }
})

const verified = [sk, skReturn, skAsylum, ua, pl].reduce((sum, one) => sum + one.verified, 0)
console.log(JSON.stringify({ step: 'all', ok: true, answers_verified: verified }))
