// A real OpenID Connect provider on loopback, made of oidc-provider with its own sign-in pages. Told by one line of JSON on standard
// input, it prints its address on a line of its own, and serves until its input closes.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const fromWeb = createRequire(new URL('../../../web/package.json', import.meta.url));
const { Provider } = await import(pathToFileURL(fromWeb.resolve('oidc-provider')).href);

const BODY_LIMIT = 1_000_000;

function provider(issuer, { client_id, client_secret, people, keys }, { public_url, signing }) {
  return new Provider(issuer, {
    clients: [
      {
        client_id,
        client_secret,
        redirect_uris: [`${public_url}/auth`],
        post_logout_redirect_uris: [`${public_url}/`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [keys[signing]] },
    cookies: { keys: ['only for tests'] },
    pkce: { required: () => true },
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context, id) =>
      people[id] && { accountId: id, claims: () => ({ sub: id, email: id, email_verified: true, ...people[id] }) },
  });
}

async function bodyOf(request) {
  let text = '';
  for await (const part of request) {
    text += part;
    if (text.length > BODY_LIMIT) throw new Error('too much');
  }
  return JSON.parse(text);
}

const [line] = await createInterface({ input: process.stdin })[Symbol.asyncIterator]().next().then(({ value }) => [value]);
const told = JSON.parse(line);
const state = { public_url: 'http://127.0.0.1:1', signing: 0 };
let handle;

const server = createServer(async (request, response) => {
  if (request.url !== '/control' || request.method !== 'POST') {
    handle(request, response);
    return;
  }
  Object.assign(state, await bodyOf(request));
  handle = provider(issuer, told, state).callback();
  response.end('{}');
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
handle = provider(issuer, told, state).callback();
process.stdin.on('close', () => process.exit(0));
process.stdin.resume();
process.stdout.write(`${issuer}\n`);
