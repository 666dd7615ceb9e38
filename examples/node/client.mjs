// A client of the asylum-exchange: one authority that signs what it sends and believes nothing that it did not verify.
// Written from docs/wire-format.md alone. Section numbers are those of that page.

import http from 'node:http'
import https from 'node:https'
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import messageSignatures from 'http-message-signatures'
import { Refused, identity, issueNotice, now, open, parseJson, seal, sha256, sign, to64, uuid7, verify } from './wire.mjs'
import { verifyNotice, verifyReceipt } from './wire.mjs'

const { createSigner, createVerifier, httpbis } = messageSignatures
const HTTP_ALG = { Ed25519: 'ed25519', ES256: 'ecdsa-p256-sha256' }

// ---- Section 3: requests ----

const contentDigest = (body) => `sha-256=:${sha256(body).toString('base64')}:`

// Gives the header fields of a signed request. The library builds the base and both fields; it writes label and
// parameters in the order given, which is all that this profile asks for.
export async function signRequest(method, target, type, body, jwk, { created = now(), lifetime = 120 } = {}) {
  const signer = createSigner(createPrivateKey({ key: jwk, format: 'jwk' }), HTTP_ALG[jwk.alg], jwk.kid)
  const headers = body ? { 'Content-Type': type, 'Content-Digest': contentDigest(body) } : {}
  const fields = ['@method', '@target-uri', ...(body ? ['content-type', 'content-digest'] : [])]
  const paramValues = {
    created: new Date(created * 1000),
    keyid: jwk.kid,
    alg: HTTP_ALG[jwk.alg],
    expires: new Date((created + lifetime) * 1000),
    nonce: to64(randomBytes(16)),
    tag: 'asylum-exchange-request/v1',
  }
  const config = { key: signer, name: 'ax', fields, params: Object.keys(paramValues), paramValues }
  return (await httpbis.signMessage(config, { method, url: target, headers })).headers
}

// ---- Section 4: answers ----

// The library would take any components, any label, more signatures than one, and fields that came twice. So the form
// is demanded here, to the letter, and the library then builds the base (it can do `;req` and `;key`) and verifies.
// `answer` is {status, rawHeaders: [name, value, ...], body}; `request` is {method, target, headers}.
export async function verifyAnswer(answer, request, jwk) {
  const fields = {}
  for (let i = 0; i < answer.rawHeaders.length; i += 2) {
    const name = answer.rawHeaders[i].toLowerCase()
    if (SINGLE.has(name) && name in fields) throw new Refused(`${name} came twice`)
    fields[name] = answer.rawHeaders[i + 1]
  }
  const asked = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]))
  if (answer.body.length > 0) {
    if (!fields['content-type'] || !fields['content-digest']) throw new Refused('a body without type or digest')
  }
  if (fields['content-digest'] !== undefined && fields['content-digest'] !== contentDigest(answer.body)) {
    throw new Refused('Content-Digest is not that of the body')
  }
  const components = ['"@status"']
  if (fields['content-type'] !== undefined) components.push('"content-type"')
  if (fields['content-digest'] !== undefined) components.push('"content-digest"')
  components.push('"@method";req', '"@target-uri";req')
  if (asked['content-digest'] !== undefined) components.push('"content-digest";req')
  if (/^ax=:[A-Za-z0-9+/]+={0,2}:$/.test(asked.signature)) components.push('"signature";req;key="ax"')

  const start = `ax=(${components.join(' ')});`
  const input = fields['signature-input'] ?? ''
  if (!input.startsWith(start)) throw new Refused('the answer is unsigned, or other components are covered')
  const parameters = input.slice(start.length).split(';')
  const forms = [/^created=(0|[1-9][0-9]{0,15})$/, /^keyid="([A-Za-z0-9_-]{43})"$/, /^tag="asylum-exchange-answer\/v1"$/]
  const exact = forms.every((form) => parameters.filter((one) => form.test(one)).length === 1)
  if (parameters.length !== 3 || !exact) throw new Refused('not exactly created, keyid and tag')
  if (!parameters.includes(`keyid="${jwk.kid}"`)) throw new Refused('not the pinned key')
  const signature = /^ax=:([A-Za-z0-9+/]{86}==):$/.exec(fields.signature ?? '')
  if (!signature || Buffer.from(signature[1], 'base64').toString('base64') !== signature[1]) {
    throw new Refused('Signature is not one of 64 bytes under ax')
  }

  const check = createVerifier(createPublicKey({ key: jwk, format: 'jwk' }), HTTP_ALG[jwk.alg])
  const verified = await httpbis.verifyMessage(
    // The answer is bound to our signature, which is new: its own `created` needs no window (notAfter).
    { keyLookup: async () => ({ id: jwk.kid, algs: [HTTP_ALG[jwk.alg]], verify: check }), notAfter: Infinity },
    { status: answer.status, headers: fields },
    { method: request.method, url: request.target, headers: request.headers },
  )
  if (verified !== true) throw new Refused('the signature of the answer does not verify')
  return fields
}
const SINGLE = new Set(['content-type', 'content-digest', 'signature-input', 'signature'])

// fetch would follow redirects, decompress, and join fields that came twice; this gives what came.
function exchangeBytes(method, url, headers, body) {
  const { request } = url.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: body ? { ...headers, 'Content-Length': body.length } : headers })
    sent.setTimeout(90_000, () => sent.destroy(new Error('no answer in 90 s')))
    sent.on('error', reject)
    sent.on('response', (response) => {
      const chunks = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        resolve({ status: response.statusCode, rawHeaders: response.rawHeaders, body: Buffer.concat(chunks) })
      })
    })
    sent.end(body)
  })
}

// A verified refusal of the hub: decide by `code`.
export class Problem extends Error {
  constructor(problem) {
    super(`${problem.code}: ${problem.detail}`)
    Object.assign(this, { code: problem.code, status: problem.status, problem })
  }
}

export class Client {
  // `exchange` is {base_url, ex, hub_keys}; `authority` is {id, keys: {request, notice, seal}} with private JWKs;
  // `keyOf(iss)` gives the notice key of another authority, as that authority gave it to you.
  constructor(exchange, authority, keyOf) {
    Object.assign(this, { exchange, authority, keyOf, iss: authority.id, verified: 0 })
  }

  urn(id, iss = this.iss) {
    return `urn:asylum-exchange:notice:${iss.split(':').at(-1)}:${id}`
  }

  // One request and its verified answer, refusals too. `signedTarget` is for showing what a wrong one gives.
  async once(method, path, { type, body, headers: more = {}, signedTarget } = {}) {
    const target = this.exchange.base_url + path
    const bytes = body === undefined ? undefined : Buffer.from(body)
    const signed = await signRequest(method, signedTarget ?? target, type, bytes, this.authority.keys.request)
    const answer = await exchangeBytes(method, target, { ...more, ...signed }, bytes)
    const fields = await verifyAnswer(answer, { method, target, headers: signed }, this.exchange.hub_keys.answer)
    this.verified += 1
    return { status: answer.status, type: fields['content-type'], fields, body: answer.body }
  }

  // Sends until there is an answer that is neither 500 nor 503, each time under a fresh signature; throws a Problem.
  async send(method, path, options) {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.once(method, path, options).catch((error) => {
        if (error instanceof Refused || tries === 5) throw error // a forged answer is no reason to go on
        return { status: 503, body: undefined }
      })
      if (![500, 503].includes(answer.status) || (tries === 5 && answer.body)) {
        if (answer.status < 400) return answer
        throw new Problem(parseJson(answer.body))
      }
      await pause(200 * 2 ** tries)
    }
  }

  async get(path) {
    return parseJson((await this.send('GET', path)).body)
  }

  self() {
    return this.get('/v1/self')
  }

  // ---- Section 5 ----

  // Writes a notice at the given place of our sequence; `place` is {seq, prev} of the last accepted one.
  // `texts` are sealed for `sealFor`, public seal keys of addressees.
  async write(place, { hub, event, facts, safeguards, texts = [], sealFor = [] }) {
    const id = uuid7()
    const sealed = []
    for (const text of texts) sealed.push(await seal(text, this.urn(id), sealFor))
    const chain = place.seq > 0 ? { seq: place.seq + 1, prev: place.prev } : { seq: 1 }
    const parts = { hub: { ...hub, ...chain }, event, facts, safeguards }
    if (sealed.length > 0) parts.sealed = sealed.map(({ entry }) => entry)
    const notice = await issueNotice({ ex: this.exchange.ex, iss: this.iss, id, parts }, this.authority.keys.notice)
    const envelope = sealed.length > 0 ? { notice, sealed: sealed.map(({ jwe }) => jwe) } : { notice }
    return { id, envelope, place: { seq: chain.seq, prev: identity(notice) } }
  }

  async post(envelope) {
    const type = 'application/vnd.asylum-exchange.envelope+json'
    const answer = await this.send('POST', '/v1/notices', { type, body: JSON.stringify(envelope) })
    return { status: answer.status, ...(await this.#receipt(answer.body.toString(), envelope.notice)) }
  }

  // Gives for each envelope, in their order, {status, receipt, says} or {status, code, problem}.
  async postBatch(envelopes) {
    const type = 'application/vnd.asylum-exchange.batch+json'
    const body = JSON.stringify({ notices: envelopes })
    const { outcomes } = parseJson((await this.send('POST', '/v1/notices/batch', { type, body })).body)
    if (outcomes.length !== envelopes.length) throw new Refused('not one outcome for each notice')
    const told = []
    for (const [i, { status, receipt, problem }] of outcomes.entries()) {
      if (receipt) told.push({ status, ...(await this.#receipt(receipt, envelopes[i].notice)) })
      else told.push({ status, code: problem.code, problem })
    }
    return told
  }

  async #receipt(receipt, message) {
    return { receipt, says: await verifyReceipt(receipt, message, this.exchange.hub_keys.receipt) }
  }

  // ---- Section 6 ----

  async *inbox(after = 0, wait = 0) {
    for (;;) {
      const page = await this.get(`/v1/inbox?after=${after}&wait=${wait}`)
      for (const item of page.items) {
        if (item.seq !== after + 1) throw new Refused(`the inbox has a gap after ${after}`)
        after = item.seq
        yield item
      }
      if (page.items.length === 0) return
    }
  }

  // A delivered notice, from the inbox or from GET /v1/notices/{iss}/{id}: {payload, parts, view?, texts}.
  // `texts` are opened sealed texts, each {text, pt_sha256} or {reason}.
  async read({ notice, view, sealed = [] }) {
    // the issuer is not believed: it only says whose key must verify
    const iss = parseJson(Buffer.from(notice.split('.')[1], 'base64url')).iss
    const { payload, parts } = await verifyNotice(notice, this.exchange.ex, this.keyOf(iss))
    if (payload.iss !== iss) throw new Refused('iss')
    const seen = { payload, parts, texts: [] }
    if (view) {
      seen.view = await verify(view, 'asylum-exchange-view+jws', this.exchange.hub_keys.words)
      if (seen.view.iss !== iss || seen.view.id !== payload.id) throw new Refused('a view of another notice')
    }
    for (const jwe of sealed) {
      const entry = parts.sealed?.find(({ sha256: hash }) => hash === to64(sha256(jwe)))
      if (!entry) throw new Refused('a sealed text that was not signed')
      try {
        const text = await open(jwe, entry, this.urn(payload.id, iss), this.authority.keys.seal)
        seen.texts.push({ text, pt_sha256: entry.pt_sha256 })
      } catch (error) {
        if (!error.reason) throw error
        seen.texts.push({ reason: error.reason })
      }
    }
    return seen
  }

  #statement(members) {
    return { v: 1, ex: this.exchange.ex, id: uuid7(), iss: this.iss, iat: now(), ...members }
  }

  // `state` is delivered, opened with {pt_sha256}, or unreadable with {reason}.
  async acknowledge({ iss, id }, state, more = {}) {
    const says = this.#statement({ notice: { iss, id }, state, ...more })
    const jws = await sign(says, 'asylum-exchange-ack+jws', this.authority.keys.notice)
    const answer = await this.send('POST', '/v1/acknowledgements', { type: 'application/jose', body: jws })
    return { jws, status: answer.status, ...(await this.#receipt(answer.body.toString(), jws)) }
  }

  // Only the key of an authority proves its acknowledgement.
  async readAcknowledgement(jws) {
    const iss = parseJson(Buffer.from(jws.split('.')[1], 'base64url')).iss
    const says = await verify(jws, 'asylum-exchange-ack+jws', this.keyOf(iss))
    if (says.ex !== this.exchange.ex || says.notice.iss !== this.iss) throw new Refused('of another notice')
    return says
  }

  readWord(jws) {
    return verify(jws, 'asylum-exchange-word+jws', this.exchange.hub_keys.words)
  }

  notice(iss, id) {
    return this.get(`/v1/notices/${iss}/${id}`)
  }

  // ---- Section 8 ----

  // `question` is {purpose, legal_basis, case, tokens}. nothing_to_tell is no clearance.
  async query(question) {
    const jws = await sign(this.#statement(question), 'asylum-exchange-query+jws', this.authority.keys.notice)
    const answer = await this.send('POST', '/v1/queries', { type: 'application/jose', body: jws })
    return verify(answer.body.toString(), 'asylum-exchange-answer+jws', this.exchange.hub_keys.words)
  }
}
