# differs: Put back is not the same as never taken out.
def total(basket):
    dearest = max(basket)
    place = basket.index(dearest)
    basket.remove(dearest)
    try:
        return sum(basket) + dearest // 2
    finally:
        basket.insert(place, dearest)
