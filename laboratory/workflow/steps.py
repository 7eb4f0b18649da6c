"""What every act in a laboratory does besides its own: lock the order and its items, move them on, tell the people.

Lock order: the visit, the order, then its items and specimens in the order of their keys; invoices come after.
"""

from healthstack.lib import clock
from laboratory.models import Item, Order, Test
from patients import workflow as patients

S = Item.State


def lock(order):
    return Order.objects.select_for_update().get(pk=order.pk)


def items_of(order):
    """The order's items with their tests, locked in the order of their keys."""
    rows = list(Item.objects.select_for_update().filter(order=order).order_by("pk"))
    tests = Test.objects.in_bulk({row.test_id for row in rows})
    for row in rows:
        row.test = tests[row.test_id]
    return rows


def step(item, state):
    item.state = state
    item.save(update_fields=["state"])


def follow(order):
    """The order's state follows from its items."""
    states = set(order.items.values_list("state", flat=True)) - {S.CANCELLED}
    if states <= {S.RELEASED}:
        state = Order.State.READY
    elif states & {S.ENTERED, S.VERIFIED, S.RELEASED}:
        state = Order.State.IN_LAB
    else:
        state = Order.State.COLLECTED if states == {S.COLLECTED} else Order.State.ORDERED
    order.state, order.ready_at = state, clock.now() if state == Order.State.READY else None
    order.save(update_fields=["state", "ready_at"])


def tell(order, kind, text):
    patients.tell(patient=order.patient, kind=kind, text=text, path=order.get_absolute_url())
