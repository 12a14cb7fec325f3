"""A drill: what happens to a committee over a network's life, done to real processes under load.

A super node loses its disk and comes back; a node that the genesis does not know joins, is elected and takes
a seat; a super node is voted out. `scenes` does it, `people` are the operators and holders who act,
`traffic` keeps up the load meanwhile, `chronicle` notes who sat in each epoch, and `verdict` holds all of
it against the chain.
"""
