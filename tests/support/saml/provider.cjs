// A SAML 2.0 identity provider on loopback, made of samlify. Told by one line of JSON on standard input, it prints its address on a
// line of its own and serves until its input closes.
'use strict';

const http = require('node:http');
const { createRequire } = require('node:module');
const path = require('node:path');
const { createInterface } = require('node:readline');

const fromWeb = createRequire(path.join(__dirname, '..', '..', '..', 'web', 'package.json'));
const samlify = fromWeb('samlify');

const EMAIL = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-';
const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

// What comes in was made by the service under test, and is read by samlify's own parser; schemas are no matter of this provider.
samlify.setSchemaValidator({ validate: () => Promise.resolve('well-formed') });

function escaped(text) {
  return String(text).replace(/[&<>"']/g, (letter) => ESCAPES[letter]);
}

function attribute(name, values) {
  const told = values.map((value) => `<saml:AttributeValue>${escaped(value)}</saml:AttributeValue>`).join('');
  return `<saml:Attribute Name="${escaped(name)}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified">${told}</saml:Attribute>`;
}

function template({ name, groups }) {
  const attributes = attribute('email', [name]) + (groups.length > 0 ? attribute('groups', groups) : '');
  const session =
    '<saml:AuthnStatement AuthnInstant="{IssueInstant}" SessionIndex="{AssertionID}"><saml:AuthnContext><saml:AuthnContextClassRef>' +
    'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>';
  return samlify.SamlLib.defaultLoginResponseTemplate.context
    .replace('{AuthnStatement}', session)
    .replace('{AttributeStatement}', `<saml:AttributeStatement>${attributes}</saml:AttributeStatement>`);
}

function page(title, body) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>${title}</h1>${body}</body></html>`;
}

class Provider {
  constructor({ keys, people, service }) {
    this.keys = keys;
    this.people = people;
    this.service = service;
    this.signing = 0;
    this.published = [0];
    this.signOuts = [];
  }

  at(base) {
    this.base = base;
    this.entity = `${base}/metadata`;
  }

  idp(person) {
    // Metadata may announce several keys; an answer is signed with one, and brings its certificate.
    const told = person === undefined ? this.published : [this.signing];
    return samlify.IdentityProvider({
      entityID: this.entity,
      signingCert: told.map((index) => this.keys[index].certificate),
      privateKey: this.keys[this.signing].private_key,
      isAssertionEncrypted: false,
      requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      nameIDFormat: [EMAIL],
      singleSignOnService: [{ Binding: `${BINDING}Redirect`, Location: `${this.base}/sso` }],
      singleLogoutService: [{ Binding: `${BINDING}Redirect`, Location: `${this.base}/slo` }],
      ...(person === undefined ? {} : { loginResponseTemplate: { context: template(person), attributes: [] } }),
    });
  }

  sp() {
    return samlify.ServiceProvider({ metadata: this.service });
  }

  /** The form that the browser is to post. */
  async answer(person, query) {
    const [idp, sp] = [this.idp(person), this.sp()];
    const request = await idp.parseLoginRequest(sp, 'redirect', { query });
    const acs = sp.entityMeta.getAssertionConsumerService('post');
    const [now, later] = [new Date(), new Date(Date.now() + 300_000)];
    const tags = (id) => ({
      ID: id,
      AssertionID: `_${id}`,
      Destination: acs,
      Audience: sp.entityMeta.getEntityID(),
      SubjectRecipient: acs,
      Issuer: this.entity,
      IssueInstant: now.toISOString(),
      StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
      ConditionsNotBefore: now.toISOString(),
      ConditionsNotOnOrAfter: later.toISOString(),
      SubjectConfirmationDataNotOnOrAfter: later.toISOString(),
      NameIDFormat: EMAIL,
      NameID: person.name,
      InResponseTo: request.extract.request.id,
    });
    const made = await idp.createLoginResponse(sp, request, 'post', { email: person.name }, {
      relayState: query.RelayState,
      customTagReplacement: (context) => {
        const id = idp.entitySetting.generateID();
        return { id, context: samlify.SamlLib.replaceTagsByValue(context, tags(id)) };
      },
    });
    return { action: acs, fields: { SAMLResponse: made.context, RelayState: query.RelayState } };
  }

  async signedOut(query) {
    const [idp, sp] = [this.idp(), this.sp()];
    const request = await idp.parseLogoutRequest(sp, 'redirect', { query });
    this.signOuts.push(request.extract.nameID);
    return idp.createLogoutResponse(sp, request, 'redirect', query.RelayState).context;
  }

  choice(query) {
    const hidden = Object.entries(query).map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`);
    const buttons = Object.keys(this.people).map((name) => `<button name="person" value="${escaped(name)}">Sign in as ${escaped(name)}</button>`);
    return page('Example identity provider', `<form action="/choose">${hidden.join('')}${buttons.join('')}</form>`);
  }

  async chosen({ person, ...query }) {
    const { action, fields } = await this.answer({ name: person, groups: this.people[person] }, query);
    const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`);
    const form = `<form method="post" action="${escaped(action)}">${inputs.join('')}<button>Go on</button></form>`;
    return page('Back to the service', `${form}<script>document.forms[0].submit()</script>`);
  }
}

async function respond(provider, request, body) {
  const url = new URL(request.url, provider.base);
  const query = Object.fromEntries(url.searchParams);
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /metadata':
      return { type: 'application/xml', text: provider.idp().getMetadata() };
    case 'GET /sso':
      return { type: 'text/html', text: provider.choice(query) };
    case 'GET /choose':
      return { type: 'text/html', text: await provider.chosen(query) };
    case 'GET /slo':
      return { status: 303, location: await provider.signedOut(query), text: '' };
    case 'POST /answer':
      return { type: 'application/json', text: JSON.stringify(await provider.answer(body.person, body.query)) };
    case 'POST /keys':
      provider.signing = body.signing;
      provider.published = body.published;
      return { type: 'application/json', text: '{}' };
    case 'POST /service':
      provider.service = body.metadata;
      return { type: 'application/json', text: '{}' };
    case 'GET /sign-outs':
      return { type: 'application/json', text: JSON.stringify(provider.signOuts) };
    default:
      return { status: 404, type: 'text/plain', text: 'nothing here' };
  }
}

async function main() {
  const lines = createInterface({ input: process.stdin });
  const { value: told } = await lines[Symbol.asyncIterator]().next();
  const provider = new Provider(JSON.parse(told));
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', async () => {
      try {
        const body = parts.length > 0 ? JSON.parse(Buffer.concat(parts).toString()) : {};
        const { status = 200, type = 'text/plain', text, location } = await respond(provider, request, body);
        response.writeHead(status, { 'Content-Type': `${type}; charset=utf-8`, ...(location ? { Location: location } : {}) });
        response.end(text);
      } catch (error) {
        response.writeHead(500, { 'Content-Type': 'text/plain' });
        response.end(String(error?.stack ?? error));
      }
    });
  });
  server.listen(0, '127.0.0.1', () => {
    provider.at(`http://127.0.0.1:${server.address().port}`);
    console.log(provider.base);
  });
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}

main();
