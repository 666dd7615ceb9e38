// Opens and seals texts of profile sealed/1 with nothing of ours: npm hpke, @panva/hpke-noble and Node's own AES-GCM.
//
//   node seal_check.mjs <folder of node_modules> < {"open": [{jwe, jwk}], "seal": {plaintext, notice, recipients}}
//
// prints {"opened": [{plaintext, notice} or {error}], "jwe": "..."}; a plaintext is base64url, a jwk as in sandbox.json.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const modules = resolve(process.argv[2])
const load = (name) => import(pathToFileURL(join(modules, name, 'index.js')).href)
const HPKE = await load('hpke')
const { KEM_MLKEM768_X25519, KDF_SHAKE256 } = await load('@panva/hpke-noble')

const suite = new HPKE.CipherSuite(KEM_MLKEM768_X25519, KDF_SHAKE256, HPKE.AEAD_AES_256_GCM)
const info = Buffer.concat([Buffer.from('JOSE-HPKE rcpt'), Buffer.of(255), Buffer.from('A256GCM'), Buffer.of(255)])
const from64 = (text) => new Uint8Array(Buffer.from(text, 'base64url'))
const to64 = (bytes) => Buffer.from(bytes).toString('base64url')

async function open({ jwe: text, jwk }) {
  const jwe = JSON.parse(text)
  const mine = jwe.recipients.find(({ header }) => header.kid === jwk.kid)
  const key = await suite.DeserializePrivateKey(from64(jwk.priv))
  const contentKey = await suite.Open(key, from64(mine.header.ek), from64(mine.encrypted_key), { info })
  const decipher = createDecipheriv('aes-256-gcm', contentKey, from64(jwe.iv))
  decipher.setAAD(Buffer.from(`${jwe.protected}.${jwe.aad}`))
  decipher.setAuthTag(from64(jwe.tag))
  const plaintext = Buffer.concat([decipher.update(from64(jwe.ciphertext)), decipher.final()])
  return { plaintext: to64(plaintext), notice: Buffer.from(jwe.aad, 'base64url').toString() }
}

async function seal({ plaintext, notice, recipients }) {
  const contentKey = randomBytes(32)
  const iv = randomBytes(12)
  const header = to64(JSON.stringify({ enc: 'A256GCM', typ: 'asylum-exchange-sealed+json' }))
  const aad = to64(notice)
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv)
  cipher.setAAD(Buffer.from(`${header}.${aad}`))
  const ciphertext = Buffer.concat([cipher.update(from64(plaintext)), cipher.final()])
  const entries = []
  for (const jwk of recipients) {
    const key = await suite.DeserializePublicKey(from64(jwk.pub))
    const sealed = await suite.Seal(key, contentKey, { info })
    entries.push({
      header: { alg: 'HPKE-9-KE', kid: jwk.kid, ek: to64(sealed.encapsulatedSecret) },
      encrypted_key: to64(sealed.ciphertext),
    })
  }
  const jwe = { protected: header, recipients: entries, iv: to64(iv), ciphertext: to64(ciphertext) }
  return JSON.stringify({ ...jwe, tag: to64(cipher.getAuthTag()), aad })
}

const asked = JSON.parse(readFileSync(0, 'utf8'))
const opened = []
for (const one of asked.open) {
  opened.push(await open(one).catch((error) => ({ error: error.name })))
}
console.log(JSON.stringify({ opened, jwe: await seal(asked.seal) }))
