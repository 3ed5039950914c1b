"""SMS: the codec, the talk with a modem, and the gateway that is made of them."""
