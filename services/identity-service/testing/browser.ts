/** Cookies by host, and redirects one at a time: enough of a browser to log in with, and to be attacked through. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  /** One request, with the cookies of its host; follows nothing. */
  async request(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), ...(init.headers as object) };
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) keep(jar, line);
    return answer;
  }

  /** Follows redirects and fills the provider's own forms, until a page of `origin` is asked for; that is given back. */
  async walkUntil(origin: string, from: string | URL, person: string): Promise<URL> {
    let url = new URL(from);
    for (let step = 0; step < 20; step += 1) {
      if (url.origin === origin && step > 0) return url;
      const answer = await this.request(url);
      const location = answer.headers.get('location');
      url = location === null ? await this.#submit(url, answer, person) : new URL(location, url);
    }
    throw new Error('the provider sends in circles');
  }

  cookies(url: string): Map<string, string> {
    return this.#jars.get(new URL(url).host) ?? new Map();
  }

  async #submit(at: URL, page: Response, person: string): Promise<URL> {
    const html = await page.text();
    const action = /action="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    if (action === undefined)
      throw new Error(`no form at ${at}: ${page.status} ${html.slice(0, 300)}`);
    const prompt = /name="prompt" value="([^"]+)"/.exec(html)?.[1] ?? 'login';
    const answer = await this.request(new URL(action, at), {
      method: 'POST',
      // Providers name the field of the person differently.
      body: new URLSearchParams({ prompt, login: person, username: person, password: 'any' }),
    });
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`the form at ${at} leads nowhere: ${answer.status}`);
    return new URL(location, at);
  }
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  const isGone =
    attributes.some((one) => /^max-age=0$/i.test(one)) ||
    attributes.some((one) => /^expires=.*1970/i.test(one));
  if (isGone) jar.delete(name);
  else jar.set(name, value);
}
