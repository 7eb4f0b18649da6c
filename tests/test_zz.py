from tests.test_design import *
def test_x():
    print()
    print({k:len(v) for k,v in blocks().items()})
    import gzip
    for f in ["js/app.js","css/healthstack.css","css/admin.css","js/admin.js","img/icons.svg","img/logo.svg"]:
        p=ROOT/"static"/f
        if p.exists(): print(f, p.stat().st_size, len(gzip.compress(p.read_bytes(),9)))
    used=icons_used(); print(len(drawings()), len(used), sorted(set(drawings())-set(used)))
    print(sorted((round(contrast({**blocks()[':root'],**blocks()[t]}[a],{**blocks()[':root'],**blocks()[t]}[b]),2),t,a,b,l) for a,b,l in PAIRS for t in (':root',':root[data-theme=dark]'))[:12])
    print(len(PAGES), len(MAILS), len(TEMPLATES))
