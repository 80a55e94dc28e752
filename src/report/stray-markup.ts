// For tests: reads a page back and names whatever our own components would not write.

const ELEMENTS = new Set(
  `html head meta link title style body header main footer nav section article div span p h1 h2 h3 h4 ul ol li dl dt dd
  a b i strong code pre bdi details summary table caption thead tbody tr th td figure figcaption
  svg g path rect circle line text desc`.split(/\s+/),
);

const ATTRIBUTES = new Set(
  `lang charset http-equiv content name rel href class id scope role aria-label aria-labelledby aria-hidden tabindex open
  style width height viewbox fill fill-opacity stroke stroke-width stroke-dasharray preserveaspectratio
  d x y x1 x2 y1 y2 dx cx cy r text-anchor`.split(/\s+/),
);

const TAG = /<\/?([a-z0-9]+)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*>/giy;

function strayAttributes(attributes: string): string[] {
  return [...attributes.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].flatMap(([whole, name = '', value = '']) => {
    if (!ATTRIBUTES.has(name.toLowerCase())) return [whole];
    if (name === 'href' && !/^(?:#[a-z]+|data:,)$/.test(value)) return [whole];
    return name === 'style' && /[(:@\\].*[(@\\]/.test(value) ? [whole] : [];
  });
}

/** Tags and attributes that are not ours; nothing when all recorded text stayed text. */
export function strayMarkup(html: string): string[] {
  const stray: string[] = [];
  const body = html.replace('<!doctype html>', '');
  for (let at = body.indexOf('<'); at !== -1; at = body.indexOf('<', at + 1)) {
    TAG.lastIndex = at;
    const match = TAG.exec(body);
    const [, element = '', attributes = ''] = match ?? [];
    if (!ELEMENTS.has(element.toLowerCase())) stray.push(body.slice(at, at + 80));
    stray.push(...strayAttributes(attributes));
  }
  return stray;
}
