// node check_vectors.mjs [FOLDER of vectors]
// Asks our own reading (wire.mjs, client.mjs) and packages that know nothing of this exchange about each golden vector:
// jose, @sd-jwt/core, http-message-signatures. One JSON line for each vector with the verdict of each, one for the sums.
// Ours must agree with `expect` always; a package may differ where REASONS says why. Exits 1 on any other difference.

import { createPublicKey, verify as verifyBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import messageSignatures from 'http-message-signatures'
import { fileURLToPath } from 'node:url'
import * as jose from 'jose'
import { SDJwtInstance } from '@sd-jwt/core'
import { verifyAnswer } from './client.mjs'
import { from64, sha256, signingInput, verify, verifyNotice } from './wire.mjs'
import { REASONS } from './differences.mjs'

const folder = process.argv[2] ?? fileURLToPath(new URL('../../tests/vectors', import.meta.url))
const read = (name) => JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8'))
const { createVerifier, httpbis } = messageSignatures
const HTTP_ALG = { Ed25519: 'ed25519', ES256: 'ecdsa-p256-sha256' }

// ---- The packages ----

async function askJose(jws, { jwk }) {
  await jose.compactVerify(jws, await jose.importJWK(jwk, jwk.alg), { algorithms: [jwk.alg] })
}

// It leaves the signature to a function of the caller; this one does nothing but verify it.
async function askSdJwt(notice, { jwk }, at) {
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const verifier = async (data, signature) => {
    const [hash, given] = jwk.alg === 'ES256' ? ['sha256', { key, dsaEncoding: 'ieee-p1363' }] : [null, key]
    return verifyBytes(hash, Buffer.from(data), given, Buffer.from(signature, 'base64url'))
  }
  await new SDJwtInstance({ hasher: (data) => sha256(data), hashAlg: 'sha-256', verifier }).verify(notice, { currentDate: at })
}

// Fields as Node gives them: a field that came twice is a list.
function asFields(pairs) {
  const fields = {}
  for (const [name, value] of pairs) {
    const key = name.toLowerCase()
    fields[key] = key in fields ? [fields[key], value].flat() : value
  }
  return fields
}

const verifierOf = ({ jwk }) => ({
  id: jwk.kid,
  algs: [HTTP_ALG[jwk.alg]],
  verify: createVerifier(createPublicKey({ key: jwk, format: 'jwk' }), HTTP_ALG[jwk.alg]),
})

async function askHttp(config, message, request) {
  const config_ = { all: true, notAfter: clock + 5, ...config }
  const verified = await httpbis.verifyMessage(config_, message, request)
  if (verified !== true) throw new Error(`${verified}`)
}

function askHttpRequest({ method, target_uri: url, headers }, keys) {
  const keyLookup = async ({ keyid }) => {
    const key = Object.values(keys).find(({ jwk }) => jwk.kid === keyid)
    return key ? verifierOf(key) : null
  }
  const requiredParams = ['created', 'keyid', 'alg', 'expires', 'nonce', 'tag']
  const requiredFields = ['@method', '@target-uri']
  return askHttp({ keyLookup, requiredParams, requiredFields }, { method, url, headers: asFields(headers) })
}

function askHttpAnswer({ status, headers }, { method, target_uri: url, headers: asked }, key) {
  const keyLookup = async ({ keyid }) => (keyid === key.jwk.kid ? verifierOf(key) : null)
  const config = { keyLookup, requiredParams: ['created', 'keyid', 'tag'], requiredFields: ['@status'] }
  return askHttp(config, { status, headers: asFields(headers) }, { method, url, headers: asFields(asked) })
}

// ---- Each file: who is asked about a vector ----

const clock = read('requests').now
Date.now = () => clock * 1000 // http-message-signatures takes no clock

const FILES = {
  notices: ({ ex, keys }) => ({
    ours: async ({ notice, key, shown, sha256: hash }) => {
      if (keys[key].purpose !== 'notice') throw new Error('a key of another purpose')
      await verifyNotice(notice, ex, keys[key].jwk, { whole: !shown })
      const identity = sha256(signingInput(notice.split('~')[0])).toString('hex')
      if (hash !== undefined && hash !== identity) throw new Error('another identity')
    },
    jose: ({ notice, key }) => askJose(notice.split('~')[0], keys[key]),
    'sd-jwt-core': ({ notice, key }) => askSdJwt(notice, keys[key], clock),
  }),
  statements: ({ keys, ex }) => ({
    ours: async ({ jws, typ, key, says }) => {
      // The purpose that each kind needs is in the page: what the hub states, and what an authority states.
      const purpose = { receipt: 'receipt', view: 'words', word: 'words', answer: 'words' }[typ.split(/[-+]/)[2]] ?? 'notice'
      if (keys[key].purpose !== purpose) throw new Error('a key of another purpose')
      const read_ = await verify(jws, typ, keys[key].jwk)
      if (purpose === 'notice') checkStatement(read_, ex)
      if (says !== undefined && !isDeepStrictEqual(read_, says)) throw new Error('other members')
    },
    jose: ({ jws, key }) => askJose(jws, keys[key]),
  }),
  answers: ({ keys }) => ({
    ours: ({ answer, request, key }) =>
      verifyAnswer(
        { status: answer.status, rawHeaders: answer.headers.flat(), body: Buffer.from(answer.body, 'base64') },
        { method: request.method, target: request.target_uri, headers: Object.fromEntries(request.headers) },
        keys[key].jwk,
      ),
    'http-message-signatures': ({ answer, request, key }) => askHttpAnswer(answer, request, keys[key]),
  }),
  // A client verifies no requests, so nobody of ours is asked.
  requests: ({ keys }) => ({ 'http-message-signatures': ({ request }) => askHttpRequest(request, keys) }),
}

// v, ex, id, iss and iat of what an authority states, as the schemas say.
function checkStatement(says, ex) {
  const id = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(says.id)
  const iss = /^urn:asylum-exchange:authority:[a-z0-9]+(-[a-z0-9]+)*$/.test(says.iss) && says.iss.length <= 93
  const fits = says.v === 1 && says.ex === ex && typeof says.id === 'string' && typeof says.iss === 'string'
  if (!id || !iss || !fits || !Number.isSafeInteger(says.iat) || says.iat < 0) throw new Error('members')
}

let unexplained = 0
const sums = {}
const used = new Set()
for (const [file, setUp] of Object.entries(FILES)) {
  const vectors = read(file)
  const askers = setUp(vectors)
  for (const vector of vectors.vectors) {
    const line = { vector: `${file}/${vector.name}`, expect: vector.expect }
    const expected = vector.expect === 'accepted' ? 'accepted' : 'refused'
    for (const [who, ask] of Object.entries(askers)) {
      let said = 'accepted'
      try {
        await ask(vector)
      } catch (error) {
        said = 'refused'
        if (process.env.WHY) line[`${who} why`] = error.message
      }
      line[who] = said
      const sum = (sums[`${file} ${who}`] ??= { agrees: 0, differs: 0, unexplained: 0 })
      if (said === expected) {
        sum.agrees += 1
        continue
      }
      sum.differs += 1
      const reason = REASONS.find((one) => one.who === who && one.said === said && one.vectors.test(`${line.vector} ${vector.expect}`))
      if (reason) used.add(reason)
      line[`${who} differs`] = reason?.why ?? 'NO REASON'
      if (!reason) {
        sum.unexplained += 1
        unexplained += 1
      }
    }
    console.log(JSON.stringify(line))
  }
}
const unused = REASONS.filter((one) => !used.has(one)).map(({ who, vectors }) => `${who} ${vectors}`)
console.log(JSON.stringify({ sums, unexplained, reasons_without_use: unused }))
process.exit(unexplained + unused.length > 0 ? 1 : 0)
