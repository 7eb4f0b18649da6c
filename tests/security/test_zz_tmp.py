import time
import pytest
def test_x(town, as_everyone, django_assert_num_queries):
    from tests.security.walk import walk, read, is_page
    for role, c in as_everyone.items():
        t=time.time()
        c.raise_request_exception=False
        seen = walk(c, ["/", "/dashboard/"])
        print(role, len(seen), round(time.time()-t,1))
        for a, r in seen.items():
            print("   ", r.status_code, a[:110], read(r).faults[:3] if is_page(r) else "")
