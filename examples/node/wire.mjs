// The bytes of the exchange: strict JSON and base64url, JWS, notices (SD-JWT), receipts, sealed texts.
// Nothing here speaks HTTP; client.mjs does. Section numbers are those of docs/wire-format.md.

import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import * as jose from 'jose'
import * as HPKE from 'hpke'
import { KEM_MLKEM768_X25519, KDF_SHAKE256 } from '@panva/hpke-noble'

// What does not verify is never a value: it is thrown.
export class Refused extends Error {
  name = 'Refused'
}

function demand(holds, why) {
  if (!holds) throw new Refused(why)
}

// ---- Section 2: bytes ----

export const sha256 = (...pieces) => pieces.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest()
export const to64 = (bytes) => Buffer.from(bytes).toString('base64url')
export const digest64 = (bytes) => to64(sha256(bytes))
export const now = () => Math.floor(Date.now() / 1000)

// Buffer.from takes almost anything as base64url, so we encode again and compare.
export function from64(text) {
  const bytes = Buffer.from(text, 'base64url')
  demand(to64(bytes) === text, 'not canonical base64url')
  return bytes
}

// A UUIDv7: 48 bits of milliseconds, then random bits.
export function uuid7() {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes[6] = 0x70 | (bytes[6] & 0x0f)
  bytes[8] = 0x80 | (bytes[8] & 0x3f)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const AUTHORITY = /^urn:asylum-exchange:authority:[a-z0-9]+(-[a-z0-9]+)*$/
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g

// JSON.parse does the grammar. It lets pass what the page refuses (a member twice, numbers that do not fit, lone
// surrogates, any depth), so the tokens are read a second time. `deepest` 16 is for whole documents.
export function parseJson(bytes, { deepest = 16, fractions = true } = {}) {
  let text, value
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = JSON.parse(text) // a byte order mark is a grammar error here
  } catch {
    throw new Refused('not JSON in UTF-8')
  }
  const open = [] // for each open object its member names, for each open array null
  let last
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null)
    else if (token === '}' || token === ']') open.pop()
    else if (token[0] === '"') demand(JSON.parse(token).isWellFormed(), 'a lone surrogate')
    else if (token === ':') {
      const name = JSON.parse(last)
      demand(!open.at(-1).has(name), 'a member twice')
      open.at(-1).add(name)
    } else if (/^[-0-9]/.test(token)) {
      demand(Number.isFinite(Number(token)), 'a number overflows')
      const whole = /^-?[0-9]+$/.test(token)
      demand(whole ? Number.isSafeInteger(Number(token)) : fractions, 'not a whole number that fits')
    }
    demand(open.length <= deepest, 'too deep')
    last = token
  }
  return value
}

export function exactMembers(value, names) {
  demand(value && typeof value === 'object' && !Array.isArray(value), 'not an object')
  demand(Object.keys(value).sort().join() === [...names].sort().join(), `members are not exactly ${names.join(', ')}`)
  return value
}

// ---- JWS: the same strict form for notices, receipts, words, queries and acknowledgements ----

export const signingInput = (jws) => jws.slice(0, jws.lastIndexOf('.'))
export const identity = (notice) => digest64(signingInput(notice.split('~')[0]))

export async function sign(payload, typ, jwk) {
  const header = { alg: jwk.alg, kid: jwk.kid, typ }
  const key = await jose.importJWK(jwk, jwk.alg)
  return new jose.CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader(header).sign(key)
}

// jose verifies the signature; it would take more header members and chooses by the header, so we look first.
export async function verify(jws, typ, jwk) {
  const pieces = jws.split('.')
  demand(pieces.length === 3, 'not a compact JWS')
  const [header, payload, signature] = pieces.map(from64)
  const { alg, kid, typ: said } = exactMembers(parseJson(header), ['alg', 'kid', 'typ'])
  demand(said === typ, `typ is not ${typ}`)
  demand(kid === jwk.kid, 'another key')
  demand(alg === jwk.alg, 'another alg than that of the key')
  demand(signature.length === 64, 'a signature has 64 bytes')
  try {
    const { d, ...publicJwk } = jwk // in a sandbox the keys of others are private ones too
    await jose.compactVerify(jws, await jose.importJWK(publicJwk, jwk.alg), { algorithms: [jwk.alg] })
  } catch {
    throw new Refused('the signature does not verify')
  }
  const says = parseJson(payload, { fractions: false }) // no member of ours is one
  demand(says && typeof says === 'object' && !Array.isArray(says), 'a payload is an object')
  return says
}

// ---- Section 5: notices ----

const NOTICE = 'asylum-exchange-notice+sd-jwt'
const PARTS = ['hub', 'event', 'facts', 'safeguards', 'sealed']

// `parts` is {hub, event, facts, safeguards?, sealed?}; a decoy stands for each that is absent.
export async function issueNotice({ ex, iss, id, iat = now(), parts }, jwk) {
  const disclosures = []
  const digests = []
  for (const name of PARTS) {
    if (parts[name] === undefined) {
      digests.push(digest64(randomBytes(32)))
      continue
    }
    const disclosure = to64(JSON.stringify([to64(randomBytes(32)), name, parts[name]]))
    disclosures.push(disclosure)
    digests.push(digest64(disclosure))
  }
  // sort() compares UTF-16 units, which for base64url is code point order
  const payload = { v: 1, ex, id, iss, iat, _sd_alg: 'sha-256', _sd: digests.sort() }
  return [await sign(payload, NOTICE, jwk), ...disclosures, ''].join('~')
}

// Returns {payload, parts}: the parts that were shown. `whole` demands those that a hub must get.
export async function verifyNotice(notice, ex, jwk, { whole = false } = {}) {
  const [jws, ...disclosures] = notice.split('~')
  demand(disclosures.pop() === '', 'a notice ends with ~')
  const payload = exactMembers(await verify(jws, NOTICE, jwk), ['v', 'ex', 'id', 'iss', 'iat', '_sd_alg', '_sd'])
  demand(payload.v === 1 && payload._sd_alg === 'sha-256', 'v or _sd_alg')
  demand(payload.ex === ex, 'of another exchange')
  const [id, iss] = [payload.id, payload.iss]
  demand(typeof id === 'string' && UUID7.test(id), 'id')
  demand(typeof iss === 'string' && iss.length <= 93 && AUTHORITY.test(iss), 'iss') // a slug of 63
  demand(Number.isSafeInteger(payload.iat) && payload.iat >= 0, 'iat')
  const digests = payload._sd
  demand(Array.isArray(digests) && digests.length === 5 && new Set(digests).size === 5, 'five different digests')
  for (const digest of digests) demand(typeof digest === 'string' && from64(digest).length === 32, 'a digest')
  demand(digests.join() === [...digests].sort().join(), 'digests are sorted')
  const parts = {}
  for (const disclosure of disclosures) {
    const value = parseJson(from64(disclosure))
    demand(Array.isArray(value) && value.length === 3, 'a Disclosure is [salt, name, value]')
    demand(typeof value[0] === 'string' && from64(value[0]).length === 32, 'a salt has 32 bytes')
    demand(PARTS.includes(value[1]), 'an unknown part')
    demand(!Object.hasOwn(parts, value[1]), 'a part twice')
    demand(digests.includes(digest64(disclosure)), 'a Disclosure that was not signed')
    parts[value[1]] = value[2]
  }
  if (whole) for (const name of PARTS.slice(0, 3)) demand(Object.hasOwn(parts, name), `no ${name}`)
  return { payload, parts }
}

// In a sandbox only: a real token service holds the key.
export const sandboxToken = (tokenKey, type, text) =>
  `${type}.${to64(createHmac('sha256', from64(tokenKey)).update(text).digest())}`

// ---- Receipts ----

const leafHash = (bytes) => sha256(Buffer.of(0), bytes)
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right)

// RFC 9162 section 2.1.3.2: the root that an audit path gives.
export function rootFromPath(entry, position, size, path) {
  demand(position < size, 'position')
  let [fn, sn, hash] = [position, size - 1, leafHash(entry)]
  for (const step of path) {
    demand(sn !== 0, 'the path is too long')
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(step, hash)
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1]
    } else {
      hash = nodeHash(hash, step)
    }
    fn >>= 1
    sn >>= 1
  }
  demand(sn === 0, 'the path is too short')
  return hash
}

// `message` is the notice, or the JWS of an acknowledgement, that the receipt is for.
export async function verifyReceipt(receipt, message, jwk) {
  const says = await verify(receipt, 'asylum-exchange-receipt+jws', jwk)
  const input = signingInput(message.split('~')[0])
  const { iss, id } = parseJson(from64(input.split('.')[1]))
  demand(says.iss === iss && says.id === id && says.sha256 === digest64(input), 'a receipt for another message')
  demand(says.state === 'accepted', 'not accepted')
  const { hash, salt, batch } = says.leaf
  let record = input
  if (batch) {
    const root = rootFromPath(input, batch.position, batch.size, batch.path.map(from64))
    record = `asylum-exchange-batch/v1\n${to64(root)}`
  }
  demand(to64(leafHash(sha256(from64(salt), record))) === hash, 'the leaf is not that of the message')
  return says
}

// ---- Section 7: sealed texts ----

const suite = new HPKE.CipherSuite(KEM_MLKEM768_X25519, KDF_SHAKE256, HPKE.AEAD_AES_256_GCM)
const FF = Buffer.of(255)
const info = Buffer.concat([Buffer.from('JOSE-HPKE rcpt'), FF, Buffer.from('A256GCM'), FF])
const SEALED_HEADER = to64(JSON.stringify({ enc: 'A256GCM', typ: 'asylum-exchange-sealed+json' }))

// `text` is {person?, narrative?}; gives the JWE and its entry in the `sealed` part of the notice.
export async function seal(text, noticeUrn, publicKeys) {
  const bare = Buffer.from(JSON.stringify({ v: 1, salt: to64(randomBytes(32)), ...text }))
  const size = 2 ** Math.max(10, Math.ceil(Math.log2(bare.length))) // the length of a text tells, so it is padded
  const plaintext = Buffer.concat([bare, Buffer.alloc(size - bare.length, ' ')])
  const contentKey = randomBytes(32)
  const iv = randomBytes(12)
  const aad = to64(noticeUrn)
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(`${SEALED_HEADER}.${aad}`))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  const recipients = []
  for (const { pub, kid } of publicKeys) {
    const key = await suite.DeserializePublicKey(new Uint8Array(from64(pub)))
    const sealed = await suite.Seal(key, contentKey, { info })
    const header = { alg: 'HPKE-9-KE', kid, ek: to64(sealed.encapsulatedSecret) }
    recipients.push({ header, encrypted_key: to64(sealed.ciphertext) })
  }
  const tag = to64(cipher.getAuthTag())
  const all = { protected: SEALED_HEADER, recipients, iv: to64(iv), ciphertext: to64(ciphertext), tag, aad }
  const jwe = JSON.stringify(all)
  return { jwe, entry: { sha256: digest64(jwe), pt_sha256: digest64(plaintext), bytes: Buffer.byteLength(jwe) } }
}

// `entry` is the one of the signed part. A throw carries `reason`, which is what `unreadable` says.
export async function open(jwe, entry, noticeUrn, jwk) {
  const failed = (reason) => Object.assign(new Refused(`sealed: ${reason}`), { reason })
  if (digest64(jwe) !== entry.sha256 || Buffer.byteLength(jwe) !== entry.bytes) throw failed('digest_mismatch')
  let parsed, mine
  try {
    parsed = parseJson(Buffer.from(jwe))
    exactMembers(parsed, ['protected', 'recipients', 'iv', 'ciphertext', 'tag', 'aad'])
    exactMembers(parseJson(from64(parsed.protected)), ['enc', 'typ'])
    demand(parsed.protected === SEALED_HEADER || parseJson(from64(parsed.protected)).enc === 'A256GCM', 'enc')
    demand(from64(parsed.aad).toString() === noticeUrn, 'sealed for another notice')
    for (const { header } of parsed.recipients) demand(header.alg === 'HPKE-9-KE', 'a classical recipient')
    mine = parsed.recipients.find(({ header }) => header.kid === jwk.kid)
  } catch {
    throw failed('malformed')
  }
  if (!mine) throw failed('no_key')
  let plaintext
  try {
    const key = await suite.DeserializePrivateKey(new Uint8Array(from64(jwk.priv)))
    const [ek, wrapped] = [mine.header.ek, mine.encrypted_key].map((text) => new Uint8Array(from64(text)))
    const contentKey = await suite.Open(key, ek, wrapped, { info })
    const decipher = createDecipheriv('aes-256-gcm', contentKey, from64(parsed.iv), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(`${parsed.protected}.${parsed.aad}`)).setAuthTag(from64(parsed.tag))
    plaintext = Buffer.concat([decipher.update(from64(parsed.ciphertext)), decipher.final()])
  } catch {
    throw failed('decryption_failed')
  }
  if (digest64(plaintext) !== entry.pt_sha256) throw failed('digest_mismatch')
  try {
    return parseJson(plaintext)
  } catch {
    throw failed('malformed')
  }
}
